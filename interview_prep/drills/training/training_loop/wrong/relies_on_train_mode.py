"""Call train() before the first epoch as well: the model may come in eval mode."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import Optimizer

Batches = Sequence[tuple[Tensor, Tensor]]


@dataclass(frozen=True)
class Config:
    epochs: int
    peak: float
    warmup: int
    clip: float


def learning_rate(step: int, total: int, config: Config) -> float:
    if step < config.warmup:
        return config.peak * (step + 1) / config.warmup
    done = (step - config.warmup) / (total - config.warmup)
    return config.peak * (1 + math.cos(math.pi * done)) / 2


@torch.no_grad()
def validation_loss(model: nn.Module, batches: Batches) -> float:
    was_training = model.training
    model.eval()
    losses = [cross_entropy(model(x), y, reduction="sum").item() for x, y in batches]
    model.train(was_training)
    return sum(losses) / sum(len(y) for _, y in batches)


def train(model: nn.Module, optimizer: Optimizer, batches: Batches, validation: Batches, config: Config) -> list[float]:
    total, step = config.epochs * len(batches), 0
    losses, lowest, best = [], math.inf, copy.deepcopy(model.state_dict())
    for _ in range(config.epochs):
        for x, y in batches:
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(step, total, config)
            optimizer.zero_grad()
            cross_entropy(model(x), y).backward()
            nn.utils.clip_grad_norm_(model.parameters(), config.clip)
            optimizer.step()
            step += 1
        losses.append(validation_loss(model, validation))
        if losses[-1] < lowest:
            lowest = losses[-1]
            best = copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    model.eval()
    return losses
