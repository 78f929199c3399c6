"""What to assert about a training loop: numbers, not just that it ran. On the CPU, in one thread, so it repeats."""

import inspect
import re
from collections.abc import Iterator
from functools import partial
from math import log
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

from interview_prep.ml.pytorch import model_training_loop as loop

BATCHES = 17  # ceil(1078 / 64)
STEPS = loop.EPOCHS * BATCHES
TRAIN, VAL, TEST = loop.load_splits()
BATCH = list(TRAIN[:64])
make_run = partial(loop.Run, amp=False)


@pytest.fixture(scope="module", autouse=True)
def one_cpu_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "DEVICE", "cpu")
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the full training run saves."""
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def trained(folder: Path) -> loop.Run:
    """One full training run, shared by the tests that only look at it."""
    run = make_run(STEPS)
    loop.fit(run, TRAIN, VAL, str(folder), until=loop.EPOCHS)
    return run


@pytest.fixture
def best(trained: loop.Run, folder: Path) -> nn.Module:
    """A model with the weights of the best epoch."""
    assert trained.val_losses
    model = loop.build_model()
    model.load_state_dict(torch.load(folder / "best.pt"))
    return model


def gradient_norm(model: nn.Module) -> float:
    return torch.cat([p.grad.flatten() for p in model.parameters()]).norm().item()


def printed_losses(text: str) -> list[float]:
    """The train loss of each epoch that `fit` printed."""
    return [float(line.split()[1]) for line in text.splitlines()]


def test_the_quick_loop_is_short_and_learns(capsys: pytest.CaptureFixture[str]) -> None:
    """It has to fit into ten minutes of typing, and each epoch prints a lower loss."""
    accuracy = loop.quick_loop()
    losses = [float(loss) for loss in re.findall(r"loss ([\d.]+)", capsys.readouterr().out)]
    assert len(inspect.getsource(loop.quick_loop).splitlines()) <= 45
    assert accuracy >= 0.95
    assert len(losses) == 5
    assert losses == sorted(losses, reverse=True)


def test_splits_are_disjoint_and_stratified() -> None:
    assert [len(part) for part in (TRAIN, VAL, TEST)] == [1078, 359, 360]
    images = {tuple(x.flatten().tolist()) for part in (TRAIN, VAL, TEST) for x in part.tensors[0]}
    assert len(images) == 1797  # no image occurs twice in digits, so none is in two splits
    for part in (VAL, TEST):
        shares = part.tensors[1].bincount() / len(part)
        torch.testing.assert_close(shares, TRAIN.tensors[1].bincount() / len(TRAIN), atol=0.005, rtol=0)


def test_scaling_uses_the_training_images_only() -> None:
    x = TRAIN.tensors[0]
    assert x.mean().item() == pytest.approx(0, abs=1e-5)
    assert x.std().item() == pytest.approx(1, abs=1e-5)
    assert abs(TEST.tensors[0].mean().item()) > 1e-4  # exactly 0 would mean that the test set was scaled by itself


def test_an_untrained_model_guesses() -> None:
    """Logits (B, 10), and a loss near ln 10. Far above it, the weights or the inputs have the wrong scale."""
    logits = make_run(1).model(BATCH[0])
    assert logits.shape == (64, 10)
    assert nn.functional.cross_entropy(logits, BATCH[1]).item() == pytest.approx(log(10), abs=0.1)


def test_every_parameter_gets_a_gradient_and_moves() -> None:
    run = make_run(10)
    before = {name: p.detach().clone() for name, p in run.model.named_parameters()}
    loop.train_step(run, BATCH)
    for name, p in run.model.named_parameters():
        assert p.grad.abs().sum() > 0, name
        assert not torch.equal(p, before[name]), name


@pytest.mark.parametrize("clip", [0.05, 100.0], ids=["clipped", "within the limit"])
def test_gradients_are_clipped_to_the_limit(clip: float) -> None:
    run = make_run(10, clip=clip)
    _, norm = loop.train_step(run, BATCH)
    assert 0.05 < norm < 100
    assert gradient_norm(run.model) == pytest.approx(min(norm.item(), clip), rel=1e-4)


def test_gradients_do_not_add_up() -> None:
    """With a learning rate of 0 and no dropout, a second step on the same batch sees the same gradients."""
    run = make_run(10, lr=0.0)
    run.model[-2].p = 0.0
    assert loop.train_step(run, BATCH)[1] == loop.train_step(run, BATCH)[1]


def test_mixed_precision_clips_unscaled_gradients() -> None:
    """For float16 the loss is multiplied by 65536. The norm that is clipped must not be."""
    batch = [t[:8] for t in BATCH]  # float16 is slow on a CPU
    loss, norm = loop.train_step(make_run(10), batch)
    run = make_run(10, amp=True)
    half_loss, half_norm = loop.train_step(run, batch)
    assert half_loss.item() == pytest.approx(loss.item(), rel=0.05)
    assert half_norm.item() == pytest.approx(norm.item(), rel=0.2)
    assert run.scaler.get_scale() == 65536
    assert {p.dtype for p in run.model.parameters()} == {torch.float32}


def test_one_batch_can_be_overfitted() -> None:
    """If it can't, the loop has a bug."""
    run = make_run(50)
    losses = [loop.train_step(run, BATCH)[0] for _ in range(50)]
    assert losses[-1] < losses[0] / 100


def test_learning_rate_warms_up_and_falls_to_almost_0() -> None:
    run, rates = make_run(20), []
    batch = [t[:2] for t in BATCH]
    for _ in range(20):
        rates.append(run.optimizer.param_groups[0]["lr"])
        loop.train_step(run, batch)
    assert rates[0] == pytest.approx(1e-2 / 25)
    assert max(rates) == pytest.approx(1e-2)
    assert rates[-1] < 1e-2 / 1e5


def test_loss_falls_a_hundredfold_and_test_accuracy_is_97_percent(trained: loop.Run, best: nn.Module) -> None:
    first, _ = loop.evaluate(make_run(1).model, *TRAIN.tensors)
    last, _ = loop.evaluate(trained.model, *TRAIN.tensors)
    assert last < first / 100
    assert loop.evaluate(best, *TEST.tensors)[1] >= 0.97


def test_train_loss_is_the_mean_over_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only one of 65 rows has a high loss, so the mean of the two batch means, of 64 rows and of 1, would be wrong."""
    run = make_run(4, lr=0.0)
    run.model[-2].p = 0.0
    for p in run.model.parameters():
        nn.init.zeros_(p)
    run.model[-1].bias.data[0] = 10.0  # always says 0
    x, y = torch.zeros(65, 1, 8, 8), torch.zeros(65, dtype=torch.int64)
    y[0] = 1
    few = TensorDataset(x, y)
    loop.fit(run, few, few, str(tmp_path), until=1)
    assert printed_losses(capsys.readouterr().out) == [pytest.approx(loop.evaluate(run.model, x, y)[0], abs=1e-4)]


def test_best_weights_are_those_of_the_lowest_validation_loss(trained: loop.Run, best: nn.Module) -> None:
    assert loop.evaluate(best, *VAL.tensors)[0] == min(trained.val_losses)


def test_evaluation_uses_neither_dropout_nor_gradients(trained: loop.Run) -> None:
    trained.model.train()
    assert loop.evaluate(trained.model, *VAL.tensors) == loop.evaluate(trained.model, *VAL.tensors)
    assert not trained.model.training


def labels_seen(draws: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The labels of two epochs in their order, where a step draws this many random numbers and trains nothing."""
    labels = []

    def only_draw(_run: loop.Run, batch: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        labels.extend(batch[1].tolist())
        torch.rand(draws)
        return torch.zeros(()), torch.zeros(())

    monkeypatch.setattr(loop, "train_step", only_draw)
    loop.fit(make_run(STEPS), TRAIN, VAL, str(folder), until=2)
    return labels


def test_order_of_the_batches_depends_on_the_epoch_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws elsewhere, as another layer's dropout would make them, don't change it."""
    labels = labels_seen(0, tmp_path, monkeypatch)
    assert labels == labels_seen(7, tmp_path, monkeypatch)
    assert labels[: len(TRAIN)] != labels[len(TRAIN) :]


def assert_same_checkpoint(got: Path, expected: Path) -> None:
    got_state, expected_state = torch.load(got), torch.load(expected)
    assert got_state.pop("scheduler", 0) == expected_state.pop("scheduler", 0)  # assert_close takes no strings
    torch.testing.assert_close(got_state, expected_state, rtol=0, atol=0)


def test_load_restores_everything_that_save_wrote(trained: loop.Run, tmp_path: Path) -> None:
    loop.save(trained, str(tmp_path / "saved.pt"))
    run = make_run(STEPS, seed=1)
    loop.load(run, str(tmp_path / "saved.pt"))
    loop.save(run, str(tmp_path / "saved again.pt"))
    assert_same_checkpoint(tmp_path / "saved again.pt", tmp_path / "saved.pt")


def test_resume_continues_bit_for_bit(tmp_path: Path) -> None:
    """Four epochs in one go against two, a checkpoint, a new run and two more: every saved number is the same."""
    steps = 4 * BATCHES
    straight, resumed = tmp_path / "straight", tmp_path / "resumed"
    straight.mkdir(), resumed.mkdir()
    loop.fit(make_run(steps), TRAIN, VAL, str(straight), until=4)
    loop.fit(make_run(steps), TRAIN, VAL, str(resumed), until=2)
    run = make_run(steps, seed=1)  # other weights, shuffling and dropout, which loading has to replace
    torch.rand(7)
    loop.load(run, str(resumed / "last.pt"))
    loop.fit(run, TRAIN, VAL, str(resumed), until=4)
    assert len(run.val_losses) == 4
    for name in ("last.pt", "best.pt"):
        assert_same_checkpoint(resumed / name, straight / name)


@pytest.mark.parametrize(
    ("val_losses", "stop"),
    [([], False), ([3.0, 2.0, 1.0], False), ([1.0, 2.0], False), ([1.0, 2.0, 2.0], True), ([2.0, 1.0, 2.0], False)],
)
def test_stops_two_epochs_after_the_best(val_losses: list[float], stop: bool) -> None:
    assert loop.should_stop(val_losses, patience=2) is stop


def test_fit_stops_early(tmp_path: Path) -> None:
    run = make_run(10 * BATCHES)
    run.val_losses = [0.0, 1.0]  # as if the first epoch had been perfect
    loop.fit(run, TRAIN, VAL, str(tmp_path), until=10, patience=2)
    assert len(run.val_losses) == 3
    assert not (tmp_path / "best.pt").exists()  # no epoch was better than the perfect one
