"""The PyTorch tutorial's zero_grad, backward, step; criterion with reduction sum in the validation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
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
    done = (step - config.warmup) / max(1, total - config.warmup)
    return config.peak * (1 + math.cos(math.pi * done)) / 2


def validation_loss(model: nn.Module, batches: Batches) -> float:
    criterion = nn.CrossEntropyLoss(reduction="sum")
    training = model.training
    model.eval()
    loss_sum = 0.0
    count = 0
    with torch.no_grad():
        for inputs, labels in batches:
            loss_sum += criterion(model(inputs), labels).item()
            count += labels.size(0)
    model.train(training)
    return loss_sum / count


def train(model: nn.Module, optimizer: Optimizer, batches: Batches, validation: Batches, config: Config) -> list[float]:
    criterion = nn.CrossEntropyLoss()
    total = config.epochs * len(batches)
    losses: list[float] = []
    best = {k: v.clone() for k, v in model.state_dict().items()}
    step = 0
    for _ in range(config.epochs):
        model.train()
        for inputs, labels in batches:
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(step, total, config)
            optimizer.zero_grad()
            loss = criterion(model(inputs), labels)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), max_norm=config.clip)
            optimizer.step()
            step += 1
        loss = validation_loss(model, validation)
        if not losses or loss < min(losses):
            best = {k: v.clone() for k, v in model.state_dict().items()}
        losses.append(loss)
    model.load_state_dict(best)
    model.eval()
    return losses
