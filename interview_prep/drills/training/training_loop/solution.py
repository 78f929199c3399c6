"""A training loop: warm-up and cosine, clipping, validation, the best state kept. No mixed precision, no resuming."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import Optimizer

Batches = Sequence[tuple[Tensor, Tensor]]  # inputs (B, ...), labels (B,)


@dataclass(frozen=True)
class Config:
    """The settings of a run."""

    epochs: int
    peak: float  # the largest learning rate
    warmup: int  # steps
    clip: float  # the largest norm of all gradients together


def learning_rate(step: int, total: int, config: Config) -> float:
    """The rate of step 0, 1, ... of total: linear up to the peak, then half a cosine down to 0."""
    if step < config.warmup:
        return config.peak * (step + 1) / config.warmup
    done = (step - config.warmup) / (total - config.warmup)  # fraction of the cosine, 0 to 1
    return config.peak * (1 + math.cos(math.pi * done)) / 2


@torch.no_grad()
def validation_loss(model: nn.Module, batches: Batches) -> float:
    """Mean cross-entropy over all samples, in eval mode, without gradients; the model's mode is as before."""
    was_training = model.training
    model.eval()
    losses = [cross_entropy(model(x), y, reduction="sum").item() for x, y in batches]
    model.train(was_training)
    return sum(losses) / sum(len(y) for _, y in batches)  # the last batch may be smaller


def train(model: nn.Module, optimizer: Optimizer, batches: Batches, validation: Batches, config: Config) -> list[float]:
    """Validation loss after each epoch; the model ends in eval mode, in the state of its best epoch."""
    total, step = config.epochs * len(batches), 0
    losses, lowest, best = [], math.inf, copy.deepcopy(model.state_dict())
    for _ in range(config.epochs):
        model.train()
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
            best = copy.deepcopy(model.state_dict())  # state_dict() alone refers to the tensors that keep training
    model.load_state_dict(best)
    model.eval()
    return losses
