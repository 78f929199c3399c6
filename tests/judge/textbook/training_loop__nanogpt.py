"""nanoGPT's get_lr and loop order: the rate set, backward, clip, step, then zero_grad after the step."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

Batches = Sequence[tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Config:
    """What a run is given."""

    epochs: int
    peak: float
    warmup: int
    clip: float


def learning_rate(step: int, total: int, config: Config) -> float:
    if step < config.warmup:
        return config.peak * (step + 1) / config.warmup
    decay_ratio = (step - config.warmup) / (total - config.warmup)
    coeff = 0.5 * (1.0 + math.cos(math.pi * decay_ratio))
    return coeff * config.peak


@torch.no_grad()
def validation_loss(model: nn.Module, batches: Batches) -> float:
    was_training = model.training
    model.eval()
    total, n = 0.0, 0
    for x, y in batches:
        loss = F.cross_entropy(model(x), y)
        total += loss.item() * len(y)
        n += len(y)
    model.train(was_training)
    return total / n


def train(model: nn.Module, optimizer: Optimizer, batches: Batches, validation: Batches, config: Config) -> list[float]:
    total_steps = config.epochs * len(batches)
    best_val_loss = float("inf")
    best_state = copy.deepcopy(model.state_dict())
    history = []
    it = 0
    for _ in range(config.epochs):
        model.train()
        for x, y in batches:
            lr = learning_rate(it, total_steps, config)
            for param_group in optimizer.param_groups:
                param_group["lr"] = lr
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            it += 1
        val_loss = validation_loss(model, validation)
        history.append(val_loss)
        if val_loss < best_val_loss:
            best_val_loss = val_loss
            best_state = copy.deepcopy(model.state_dict())
    model.load_state_dict(best_state)
    model.eval()
    return history
