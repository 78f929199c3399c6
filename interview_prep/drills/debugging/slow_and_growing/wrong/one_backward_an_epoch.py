"""Go backward after each chunk: a sum over all chunks keeps the graphs of the whole epoch."""

import torch
from torch import Tensor, nn


class Network(nn.Module):
    """A value of each series (B, 1) and the state so far, None at first -> the next values (B, 1), state (B, C)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.read, self.carry, self.out = nn.Linear(1, width), nn.Linear(width, width), nn.Linear(width, 1)

    def forward(self, value: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        state = torch.tanh(self.read(value) + (0 if state is None else self.carry(state)))
        return self.out(state), state


def train(model: nn.Module, series: Tensor, *, epochs: int, chunk: int, lr: float) -> list[float]:
    """Train in place on (B, N), one SGD step an epoch, accumulated over chunks -> each epoch's mean squared error."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    inputs, targets = series[:, :-1], series[:, 1:]  # (B, N - 1) each
    losses = []
    for _ in range(epochs):
        state, total = None, 0.0
        optimizer.zero_grad()
        for part, wanted in zip(inputs.split(chunk, dim=1), targets.split(chunk, dim=1), strict=True):
            guesses = []
            for value in part.split(1, dim=1):
                guess, state = model(value, state)
                guesses.append(guess)
            loss = (torch.cat(guesses, dim=1) - wanted).square().sum() / targets.numel()
            state = state.detach()
            total += loss
        total.backward()
        optimizer.step()
        losses.append(total.item())
    return losses


@torch.no_grad()
def forecast(model: nn.Module, series: Tensor, steps: int) -> Tensor:
    """Go on where the series (B, N) end, each guess being the next value -> the guesses (B, steps)."""
    state, guesses = None, []
    for value in series.split(1, dim=1):
        guess, state = model(value, state)
    for _ in range(steps):
        guesses.append(guess)
        guess, state = model(guess, state)
    return torch.cat(guesses, dim=1)
