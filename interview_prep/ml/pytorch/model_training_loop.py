"""Two training loops on 8x8 digits: one to type in ten minutes, then a full one. No augmentation, no multi-GPU."""

import tempfile

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
EPOCHS, BATCH_SIZE = 12, 64


def quick_loop(epochs: int = 5) -> float:
    """Train a small MLP and return its validation accuracy. Type this much first and get it running."""
    torch.manual_seed(0)  # initial weights and shuffling
    x, y = (torch.tensor(a) for a in load_digits(return_X_y=True))  # (1797, 64) float64, (1797,) int64
    x = x.float() / 16  # pixels go from 0 to 16
    x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2, stratify=y, random_state=0)
    loader = DataLoader(TensorDataset(x_train, y_train), batch_size=64, shuffle=True)
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))  # no softmax: cross_entropy takes logits
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for epoch in range(1, epochs + 1):
        model.train()
        loss_sum = 0.0
        for xb, yb in loader:  # (B, 64), (B,)
            loss = F.cross_entropy(model(xb), yb)  # (B, 10), (B,) -> ()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(yb)  # weighted by rows: the last batch is smaller
        model.eval()
        with torch.no_grad():
            accuracy = (model(x_val).argmax(1) == y_val).float().mean().item()
        print(f"epoch {epoch}  train loss {loss_sum / len(y_train):.3f}  val accuracy {accuracy:.3f}")
    return accuracy


def load_splits(seed: int = 0) -> list[TensorDataset]:
    """Train, validation and test sets, 60:20:20, stratified: images (N, 1, 8, 8) float32, labels (N,) int64."""
    pixels, labels = load_digits(return_X_y=True)
    train, rest = train_test_split(range(len(labels)), test_size=0.4, stratify=labels, random_state=seed)
    val, test = train_test_split(rest, test_size=0.5, stratify=labels[rest], random_state=seed)
    x, y = torch.tensor(pixels).float().view(-1, 1, 8, 8), torch.tensor(labels)
    x = (x - x[train].mean()) / x[train].std()  # from the training images only, or the test set leaks in
    return [TensorDataset(x[rows], y[rows]) for rows in (train, val, test)]


def build_model() -> nn.Sequential:
    """A small CNN: (B, 1, 8, 8) -> (B, 16, 8, 8) -> (B, 32, 8, 8) -> (B, 32, 4, 4) -> logits (B, 10)."""
    conv = nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)
    return nn.Sequential(*conv, nn.Flatten(), nn.Dropout(0.25), nn.Linear(32 * 4 * 4, 10))


class Run:
    """Everything that changes during training, and therefore everything a checkpoint needs."""

    def __init__(
        self, steps: int, *, lr: float = 1e-2, clip: float = 1.0, amp: bool = DEVICE == "cuda", seed: int = 0
    ) -> None:
        torch.manual_seed(seed)  # initial weights
        self.model = build_model().to(DEVICE)
        self.optimizer = torch.optim.AdamW(self.model.parameters())
        self.scheduler = torch.optim.lr_scheduler.OneCycleLR(self.optimizer, max_lr=lr, total_steps=steps)
        self.scaler = torch.amp.GradScaler(DEVICE, enabled=amp)
        self.clip, self.amp, self.seed = clip, amp, seed  # largest gradient norm; float16, which pays off on a GPU only
        self.val_losses: list[float] = []  # one per epoch


def train_step(run: Run, batch: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Make one update. Returns the loss summed over the rows, and the gradient norm before clipping."""
    run.model.train()
    x, y = (t.to(DEVICE) for t in batch)  # (B, 1, 8, 8), (B,)
    with torch.autocast(DEVICE, dtype=torch.float16, enabled=run.amp):
        loss = F.cross_entropy(run.model(x), y)  # (B, 10), (B,) -> ()
    run.optimizer.zero_grad()
    run.scaler.scale(loss).backward()  # scaled up: float16 rounds small gradients to 0
    run.scaler.unscale_(run.optimizer)  # back to their real size, for clipping
    norm = nn.utils.clip_grad_norm_(run.model.parameters(), run.clip)
    run.scaler.step(run.optimizer)  # skips the update if a gradient overflowed
    run.scaler.update()
    run.scheduler.step()
    return loss.detach() * len(y), norm  # no .item() here: it makes the CPU wait for the GPU


@torch.no_grad()
def evaluate(model: nn.Module, x: Tensor, y: Tensor) -> tuple[float, float]:
    """Mean loss and accuracy."""
    model.eval()
    logits = torch.cat([model(part.to(DEVICE)).cpu() for part in x.split(256)])  # (N, 10)
    return F.cross_entropy(logits, y).item(), (logits.argmax(1) == y).float().mean().item()


def should_stop(val_losses: list[float], patience: int) -> bool:
    """Whether the best epoch was `patience` or more epochs ago."""
    return bool(val_losses) and len(val_losses) - 1 - val_losses.index(min(val_losses)) >= patience


def fit(run: Run, train: TensorDataset, val: TensorDataset, folder: str, *, until: int, patience: int = 4) -> None:
    """Train through epoch `until` or stop early. Each epoch saves last.pt, and best.pt if it is the best so far."""
    loader = DataLoader(train, BATCH_SIZE, shuffle=True)
    while (epoch := len(run.val_losses)) < until and not should_stop(run.val_losses, patience):
        torch.manual_seed(1000 * run.seed + epoch)  # for shuffling and dropout: a checkpoint needs no random states
        losses, norms = zip(*[train_step(run, batch) for batch in loader], strict=True)
        val_loss, accuracy = evaluate(run.model, *val.tensors)
        run.val_losses.append(val_loss)
        if val_loss == min(run.val_losses):
            torch.save(run.model.state_dict(), f"{folder}/best.pt")
        save(run, f"{folder}/last.pt")
        print(f"{epoch + 1:5}{sum(losses) / len(train):12.4f}{val_loss:10.4f}{accuracy:9.3f}{max(norms):18.2f}")


def save(run: Run, path: str) -> None:
    state = {name: getattr(run, name).state_dict() for name in ("model", "optimizer", "scheduler", "scaler")}
    torch.save(state | {"val_losses": run.val_losses, "seed": run.seed}, path)


def load(run: Run, path: str) -> None:
    """Continue a saved run in a new one with the same number of steps, clip and amp."""
    state = torch.load(path, map_location="cpu", weights_only=True)  # load_state_dict copies it to the GPU
    run.val_losses, run.seed = state.pop("val_losses"), state.pop("seed")
    for name, part in state.items():
        getattr(run, name).load_state_dict(part)


def main() -> None:
    torch.set_num_threads(1)  # with batches this small, more threads only wait for each other
    print("The loop to type in ten minutes")
    quick_loop()
    train, val, test = load_splits()
    print(f"\nThe full loop: {len(train)} training, {len(val)} validation and {len(test)} test images")
    run, batch = Run(steps=50), list(train[:BATCH_SIZE])
    losses = [train_step(run, batch)[0].item() / BATCH_SIZE for _ in range(50)]
    print(f"first loss {losses[0]:.3f}, by chance ln 10 = 2.303; after 50 steps on the same batch {losses[-1]:.5f}")
    print("epoch  train loss  val loss  val acc  largest gradient")
    steps = EPOCHS * len(DataLoader(train, BATCH_SIZE))
    with tempfile.TemporaryDirectory() as folder:
        fit(Run(steps), train, val, folder, until=3)
        print("a new run resumes from last.pt")
        run = Run(steps)
        load(run, f"{folder}/last.pt")
        fit(run, train, val, folder, until=EPOCHS)
        run.model.load_state_dict(torch.load(f"{folder}/best.pt", weights_only=True))
    print(f"test accuracy {evaluate(run.model, *test.tensors)[1]:.3f}, with the weights of the lowest validation loss")


if __name__ == "__main__":
    main()
