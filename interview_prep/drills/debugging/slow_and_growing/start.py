"""Train a recurrent network on a long series in chunks, then continue the series. It has four bugs."""

from collections import Counter

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
    """Train in place on (B, N), one SGD step per epoch, accumulated over chunks -> each epoch's mean squared error."""
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
            loss.backward(retain_graph=True)
            total += loss
        optimizer.step()
        losses.append(total)
    return losses


def forecast(model: nn.Module, series: Tensor, steps: int) -> Tensor:
    """Continue the series (B, N), feeding each guess back in as the next value -> the guesses (B, steps)."""
    for _ in range(steps):
        state = None
        for value in series.split(1, dim=1):
            guess, state = model(value, state)
        series = torch.cat([series, guess], dim=1)
    return series[:, -steps:]


def graph_nodes(values: list) -> int:
    """How many nodes of autograd graphs the values keep alive."""
    todo, seen = [value.grad_fn for value in values if isinstance(value, Tensor)], set()
    while todo:
        node = todo.pop()
        if node is not None and node not in seen:
            seen.add(node)
            todo += [before for before, _ in node.next_functions]
    return len(seen)


def main() -> None:
    """Learn two waves of 81 values, continue them for 40, and count the work."""
    torch.manual_seed(0)
    series = torch.sin(0.5 * torch.arange(121) + torch.tensor([[0.0], [2.0]]))  # (2, 121)
    model, counts = Network(16), Counter()

    def count(_: nn.Module, __: tuple, result: tuple[Tensor, Tensor]) -> None:
        counts["forward"] += 1
        if result[1].requires_grad:
            result[1].register_hook(lambda _: counts.update(backward=1))

    model.register_forward_hook(count)
    losses = train(model, series[:, :81], epochs=30, chunk=8, lr=0.2)
    print(f"training: {counts['forward']} steps forward, {counts['backward']} back, loss {losses[-1]:.4f}")
    print(f"          its losses keep {graph_nodes(losses)} nodes of graphs")
    counts.clear()
    guesses = forecast(model, series[:, :81], 40)
    error = (guesses - series[:, 81:]).square().mean()
    print(f"forecast: {counts['forward']} steps forward, {graph_nodes([guesses])} nodes, error {error:.4f}")


if __name__ == "__main__":
    main()
