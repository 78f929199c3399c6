"""The whole training loop on 8x8 digits, as one writes it live. No augmentation, no second GPU, no experiment log."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@dataclass(frozen=True)
class Config:
    epochs: int = 12
    batch_size: int = 64
    max_lr: float = 1e-2
    clip: float = 1.0  # largest global gradient norm
    patience: int = 4  # epochs to wait for a lower validation loss
    amp: bool = DEVICE == "cuda"  # float16 pays on a GPU only
    seed: int = 0


def load_splits(seed: int) -> list[TensorDataset]:
    """Train, validation, test, 60:20:20 and stratified: images (N, 1, 8, 8) float32, labels (N,) int64."""
    pixels, labels = load_digits(return_X_y=True)  # (1797, 64), (1797,)
    train, rest = train_test_split(range(len(labels)), test_size=0.4, stratify=labels, random_state=seed)
    val, test = train_test_split(rest, test_size=0.5, stratify=labels[rest], random_state=seed)
    x, y = torch.tensor(pixels).float().view(-1, 1, 8, 8), torch.tensor(labels)
    x = (x - x[train].mean()) / x[train].std()  # of the training images alone, or the test set leaks in
    return [TensorDataset(x[rows], y[rows]) for rows in (train, val, test)]


def build_model() -> nn.Module:  # (B, 1, 8, 8) -> logits (B, 10)
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(),  # (B, 16, 8, 8)
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),  # (B, 32, 4, 4)
        nn.Flatten(), nn.Dropout(0.25), nn.Linear(32 * 4 * 4, 10),  # no softmax: cross_entropy takes logits
    )  # fmt: skip


class Run:
    """All that changes while training, and so all that a checkpoint must hold."""

    def __init__(self, config: Config, total_steps: int) -> None:
        torch.manual_seed(config.seed)  # initial weights and dropout
        self.config = config
        self.model = build_model().to(DEVICE)
        self.optimizer = torch.optim.AdamW(self.model.parameters())
        self.scheduler = torch.optim.lr_scheduler.OneCycleLR(self.optimizer, config.max_lr, total_steps=total_steps)
        self.scaler = torch.amp.GradScaler(DEVICE, enabled=config.amp)
        self.shuffle = torch.Generator().manual_seed(config.seed)
        self.val_losses: list[float] = []
        self.best_weights: dict[str, Tensor] = {}


def train_step(run: Run, batch: list[Tensor]) -> tuple[Tensor, Tensor]:
    """One update; the loss, and the gradients' norm before clipping."""
    run.model.train()
    x, y = (t.to(DEVICE) for t in batch)  # (B, 1, 8, 8), (B,)
    run.optimizer.zero_grad()
    with torch.autocast(DEVICE, dtype=torch.float16, enabled=run.config.amp):
        loss = F.cross_entropy(run.model(x), y)  # (B, 10), (B,) -> ()
    run.scaler.scale(loss).backward()
    run.scaler.unscale_(run.optimizer)  # clip the gradients themselves, not their scaled copies
    norm = nn.utils.clip_grad_norm_(run.model.parameters(), run.config.clip)
    run.scaler.step(run.optimizer)  # skips the update if a gradient overflowed
    run.scaler.update()
    run.scheduler.step()
    return loss.detach(), norm  # no .item() here: it makes the CPU wait for the GPU


def overfit_one_batch(config: Config, batch: list[Tensor], steps: int = 50) -> list[float]:
    """Train on one batch alone; where the losses do not come near 0, the loop has a bug."""
    run = Run(config, steps)
    return [train_step(run, batch)[0].item() for _ in range(steps)]


@torch.no_grad()
def evaluate(model: nn.Module, x: Tensor, y: Tensor) -> tuple[float, float]:
    """Mean loss and accuracy."""
    model.eval()
    logits = torch.cat([model(part.to(DEVICE)).cpu() for part in x.split(256)])  # (N, 10)
    return F.cross_entropy(logits, y).item(), (logits.argmax(1) == y).float().mean().item()


def should_stop(val_losses: list[float], patience: int) -> bool:
    """Whether the best epoch lies `patience` epochs back."""
    return bool(val_losses) and len(val_losses) - 1 - val_losses.index(min(val_losses)) >= patience


def fit(run: Run, train: TensorDataset, val: TensorDataset, checkpoint: Path, until: int) -> None:
    """Train up to epoch `until`, or until the validation loss stops falling; save after each epoch."""
    loader = DataLoader(train, run.config.batch_size, shuffle=True, generator=run.shuffle)
    while len(run.val_losses) < until and not should_stop(run.val_losses, run.config.patience):
        losses, norms = zip(*(train_step(run, batch) for batch in loader), strict=True)
        val_loss, acc = evaluate(run.model, *val.tensors)
        run.val_losses.append(val_loss)
        if val_loss == min(run.val_losses):
            run.best_weights = {name: t.clone() for name, t in run.model.state_dict().items()}
        save(run, checkpoint)
        print(f"{len(run.val_losses):5}{sum(losses) / len(losses):12.4f}{val_loss:10.4f}{acc:9.3f}{max(norms):18.2f}")


def save(run: Run, path: Path) -> None:
    state = {name: getattr(run, name).state_dict() for name in ("model", "optimizer", "scheduler", "scaler")}
    state |= {"rng": torch.get_rng_state(), "cuda": torch.cuda.get_rng_state_all(), "shuffle": run.shuffle.get_state()}
    torch.save(state | {"val_losses": run.val_losses, "best_weights": run.best_weights}, path)


def load(run: Run, path: Path) -> None:
    """Continue a saved run in a new one of the same configuration."""
    state = torch.load(path, map_location="cpu", weights_only=True)  # random states are refused on a GPU
    for name in ("model", "optimizer", "scheduler", "scaler"):
        getattr(run, name).load_state_dict(state[name])
    torch.set_rng_state(state["rng"])
    torch.cuda.set_rng_state_all(state["cuda"])
    run.shuffle.set_state(state["shuffle"])
    run.val_losses, run.best_weights = state["val_losses"], state["best_weights"]


def main(argument: str = "") -> None:
    torch.set_num_threads(1)  # on a busy machine, threads wait for each other at every small batch
    config = Config()
    train, val, test = load_splits(config.seed)
    steps = config.epochs * len(DataLoader(train, config.batch_size))
    x, y = next(iter(DataLoader(train, config.batch_size)))
    print(f"{len(train)} train, {len(val)} validation, {len(test)} test; a batch: {tuple(x.shape)}, {tuple(y.shape)}")
    losses = overfit_one_batch(config, [x, y])
    print(f"first loss {losses[0]:.3f}, by chance ln 10 = 2.303; the same batch {len(losses)} times: {losses[-1]:.5f}")
    print("epoch  train loss  val loss  val acc  largest gradient")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "last.pt") if argument[:1] in ("", "-") else Path(argument)  # a notebook's kernel has -f
        if not path.exists():
            fit(Run(config, steps), train, val, path, until=3)
        print(f"a new run continues from {path.name}")
        run = Run(config, steps)
        load(run, path)
        fit(run, train, val, path, until=config.epochs)
    run.model.load_state_dict(run.best_weights)
    print(f"test accuracy {evaluate(run.model, *test.tensors)[1]:.3f}, at the weights of the lowest validation loss")


if __name__ == "__main__":
    main(*sys.argv[1:2])
