"""Train in epochs, save the run in memory, resume from there as if nothing had happened. No files, no devices."""

import copy
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss


@dataclass
class Run:
    """Everything that changes during training, and the data."""

    model: nn.Module
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    order: torch.Generator  # shuffles; dropout draws from torch's own generator
    inputs: Tensor  # (N, F)
    targets: Tensor  # (N, 1)
    epoch: int = 0  # how many are finished
    losses: list[float] = field(default_factory=list)


def begin(inputs: Tensor, targets: Tensor, seed: int) -> Run:
    """A new run on (N, F), (N, 1); seeds torch's own generator as well."""
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(inputs.shape[1], 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    return Run(model, optimizer, schedule, torch.Generator().manual_seed(seed), inputs, targets)


def train(run: Run, until: int, size: int = 8) -> None:
    """Train until `until` epochs are finished in total."""
    while run.epoch < until:
        total = 0.0
        for rows in torch.randperm(len(run.inputs), generator=run.order).split(size):
            loss = mse_loss(run.model(run.inputs[rows]), run.targets[rows])
            run.optimizer.zero_grad()
            loss.backward()
            run.optimizer.step()
            total += loss.item() * len(rows)
        run.schedule.step()
        run.losses.append(total / len(run.inputs))
        run.epoch += 1


def save(run: Run) -> dict:
    """The state after the finished epochs."""
    state = {
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "schedule": run.schedule.state_dict(),
        "order": run.order.get_state(),
        "torch": torch.get_rng_state(),
        "epoch": run.epoch,
        "losses": run.losses,
    }
    return copy.deepcopy(state)  # a state_dict refers to the tensors that the next step changes


def load(run: Run, state: dict) -> None:
    """Put a run of the same shape, at any epoch, into the saved state."""
    state = copy.deepcopy(state)  # otherwise the optimizer would train the state's own tensors
    run.model.load_state_dict(state["model"])
    run.optimizer.load_state_dict(state["optimizer"])
    run.schedule.load_state_dict(state["schedule"])
    run.order.set_state(state["order"])
    torch.set_rng_state(state["torch"])
    run.epoch, run.losses = state["epoch"], state["losses"]


def main() -> None:
    """Train eight epochs uninterrupted, then with an interruption after the sixth, resuming from the fourth."""
    inputs = torch.randn(64, 4, generator=torch.Generator().manual_seed(1))
    targets = inputs[:, :1].abs() - inputs[:, 1:2]
    whole = begin(inputs, targets, seed=0)
    train(whole, 8)
    broken = begin(inputs, targets, seed=0)
    train(broken, 4)
    state = save(broken)
    train(broken, 6)  # then somebody pulls the plug
    again = begin(inputs, targets, seed=0)
    load(again, state)
    print(f"goes on with epoch {again.epoch + 1}")
    train(again, 8)
    print("uninterrupted:", " ".join(f"{loss:.3f}" for loss in whole.losses))
    print("interrupted:  ", " ".join(f"{loss:.3f}" for loss in again.losses))
    same = all(map(torch.equal, whole.model.parameters(), again.model.parameters()))
    print("same weights at the end:", same)


if __name__ == "__main__":
    main()
