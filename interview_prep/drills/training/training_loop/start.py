"""A training loop: warm-up and cosine, clipping, validation, the best state kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn
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
    raise NotImplementedError


def validation_loss(model: nn.Module, batches: Batches) -> float:
    """Mean cross-entropy over all samples, in eval mode, without gradients; the model's mode is as before."""
    raise NotImplementedError


def train(model: nn.Module, optimizer: Optimizer, batches: Batches, validation: Batches, config: Config) -> list[float]:
    """Validation loss after each epoch; the model ends in eval mode, in the state of its best epoch."""
    raise NotImplementedError
