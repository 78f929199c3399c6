"""What to assert about a training loop: numbers, not that it ran. On the CPU and in one thread, so it is repeatable."""

from collections.abc import Iterator
from dataclasses import replace
from math import log
from pathlib import Path

import pytest
import torch
from torch import nn

from interview_prep.ml.pytorch import model_training_loop as loop

CONFIG = replace(loop.Config(), amp=False)
BATCHES = 17  # ceil(1078 / 64)
TRAIN, VAL, TEST = loop.load_splits(CONFIG.seed)
BATCH = list(TRAIN[:64])


@pytest.fixture(scope="module", autouse=True)
def one_cpu_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "DEVICE", "cpu")
        yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> loop.Run:
    """One full training, shared by the tests that only look at it."""
    run = loop.Run(CONFIG, CONFIG.epochs * BATCHES)
    loop.fit(run, TRAIN, VAL, tmp_path_factory.mktemp("run") / "last.pt", until=CONFIG.epochs)
    return run


def gradient_norm(model: nn.Module) -> float:
    return torch.cat([p.grad.flatten() for p in model.parameters()]).norm().item()


def test_splits_are_disjoint_and_stratified() -> None:
    assert [len(part) for part in (TRAIN, VAL, TEST)] == [1078, 359, 360]
    images = {tuple(x.flatten().tolist()) for part in (TRAIN, VAL, TEST) for x in part.tensors[0]}
    assert len(images) == 1797  # digits holds no image twice, so none is in two parts
    for part in (VAL, TEST):
        shares = part.tensors[1].bincount() / len(part)
        torch.testing.assert_close(shares, TRAIN.tensors[1].bincount() / len(TRAIN), atol=0.005, rtol=0)


def test_scaling_uses_the_training_images_only() -> None:
    x = TRAIN.tensors[0]
    assert x.mean().item() == pytest.approx(0, abs=1e-5)
    assert x.std().item() == pytest.approx(1, abs=1e-5)
    assert abs(TEST.tensors[0].mean().item()) > 1e-4  # exactly 0 would mean the test set was scaled by itself


def test_an_untrained_model_guesses() -> None:
    """Logits (B, 10), and a loss near ln 10: far above it, the scale of the weights or of the data is wrong."""
    logits = loop.Run(CONFIG, total_steps=1).model(BATCH[0])
    assert logits.shape == (64, 10)
    assert nn.functional.cross_entropy(logits, BATCH[1]).item() == pytest.approx(log(10), abs=0.1)


def test_every_parameter_gets_a_gradient_and_moves() -> None:
    run = loop.Run(CONFIG, total_steps=10)
    before = {name: p.detach().clone() for name, p in run.model.named_parameters()}
    loop.train_step(run, BATCH)
    for name, p in run.model.named_parameters():
        assert p.grad.abs().sum() > 0, name
        assert not torch.equal(p, before[name]), name


@pytest.mark.parametrize("clip", [0.05, 100.0], ids=["clipped", "within the limit"])
def test_gradients_are_clipped_to_the_limit(clip: float) -> None:
    run = loop.Run(replace(CONFIG, clip=clip), total_steps=10)
    _, norm = loop.train_step(run, BATCH)
    assert 0.05 < norm < 100
    assert gradient_norm(run.model) == pytest.approx(min(norm.item(), clip), rel=1e-4)


def test_gradients_do_not_pile_up() -> None:
    """With a learning rate of 0 and no dropout, a second step on the same batch sees the same gradients."""
    run = loop.Run(replace(CONFIG, max_lr=0.0), total_steps=10)
    run.model[-2].p = 0.0
    assert loop.train_step(run, BATCH)[1] == loop.train_step(run, BATCH)[1]


def test_mixed_precision_clips_unscaled_gradients() -> None:
    """The loss is scaled by 65536 for float16; the norm that is clipped must not be."""
    batch = [t[:8] for t in BATCH]  # float16 is slow on a CPU
    loss, norm = loop.train_step(loop.Run(CONFIG, total_steps=10), batch)
    run = loop.Run(replace(CONFIG, amp=True), total_steps=10)
    half_loss, half_norm = loop.train_step(run, batch)
    assert half_loss.item() == pytest.approx(loss.item(), rel=0.05)
    assert half_norm.item() == pytest.approx(norm.item(), rel=0.2)
    assert run.scaler.get_scale() == 65536
    assert {p.dtype for p in run.model.parameters()} == {torch.float32}


def test_one_batch_is_overfitted() -> None:
    losses = loop.overfit_one_batch(CONFIG, BATCH)
    assert losses[-1] < losses[0] / 100


def test_learning_rate_warms_up_and_falls_to_nothing() -> None:
    run, rates = loop.Run(CONFIG, total_steps=20), []
    batch = [t[:2] for t in BATCH]
    for _ in range(20):
        rates.append(run.optimizer.param_groups[0]["lr"])
        loop.train_step(run, batch)
    assert rates[0] == pytest.approx(CONFIG.max_lr / 25)
    assert max(rates) == pytest.approx(CONFIG.max_lr)
    assert rates[-1] < CONFIG.max_lr / 1e5


def test_loss_falls_a_hundredfold_and_test_accuracy_is_97_percent(trained: loop.Run) -> None:
    untrained = loop.Run(CONFIG, total_steps=1)
    first, _ = loop.evaluate(untrained.model, *TRAIN.tensors)
    last, _ = loop.evaluate(trained.model, *TRAIN.tensors)
    assert last < first / 100
    trained.model.load_state_dict(trained.best_weights)
    assert loop.evaluate(trained.model, *TEST.tensors)[1] >= 0.97


def test_best_weights_are_those_of_the_lowest_validation_loss(trained: loop.Run) -> None:
    trained.model.load_state_dict(trained.best_weights)
    assert loop.evaluate(trained.model, *VAL.tensors)[0] == min(trained.val_losses)


def test_evaluation_is_without_dropout_and_without_gradients(trained: loop.Run) -> None:
    trained.model.train()
    assert loop.evaluate(trained.model, *VAL.tensors) == loop.evaluate(trained.model, *VAL.tensors)
    assert not trained.model.training


def test_batches_are_shuffled_by_a_generator_of_their_own(trained: loop.Run) -> None:
    """So a draw elsewhere, a new layer's weights say, leaves the order of the batches alone."""
    unused = torch.Generator().manual_seed(CONFIG.seed)
    assert not torch.equal(trained.shuffle.get_state(), unused.get_state())


def assert_same_checkpoint(got: Path, expected: Path) -> None:
    got_state, expected_state = torch.load(got), torch.load(expected)
    assert got_state.pop("scheduler") == expected_state.pop("scheduler")  # assert_close takes no strings
    torch.testing.assert_close(got_state, expected_state, rtol=0, atol=0)


def test_load_restores_all_that_save_wrote(trained: loop.Run, tmp_path: Path) -> None:
    loop.save(trained, tmp_path / "saved.pt")
    run = loop.Run(replace(CONFIG, seed=1), CONFIG.epochs * BATCHES)
    loop.load(run, tmp_path / "saved.pt")
    loop.save(run, tmp_path / "saved again.pt")
    assert_same_checkpoint(tmp_path / "saved again.pt", tmp_path / "saved.pt")


def test_resume_continues_bit_exactly(tmp_path: Path) -> None:
    """Four epochs at once, and two, a checkpoint, a new run and two more: every saved number is the same."""
    steps = 4 * BATCHES
    loop.fit(loop.Run(CONFIG, steps), TRAIN, VAL, tmp_path / "straight.pt", until=4)
    loop.fit(loop.Run(CONFIG, steps), TRAIN, VAL, tmp_path / "resumed.pt", until=2)
    run = loop.Run(replace(CONFIG, seed=1), steps)  # other weights, shuffling and dropout, all to be replaced
    torch.rand(7)
    loop.load(run, tmp_path / "resumed.pt")
    loop.fit(run, TRAIN, VAL, tmp_path / "resumed.pt", until=4)
    assert len(run.val_losses) == 4
    assert_same_checkpoint(tmp_path / "resumed.pt", tmp_path / "straight.pt")


@pytest.mark.parametrize(
    ("val_losses", "stop"),
    [([], False), ([3.0, 2.0, 1.0], False), ([1.0, 2.0], False), ([1.0, 2.0, 2.0], True), ([2.0, 1.0, 2.0], False)],
)
def test_stops_two_epochs_after_the_best(val_losses: list[float], stop: bool) -> None:
    assert loop.should_stop(val_losses, patience=2) is stop


def test_fit_stops_early(tmp_path: Path) -> None:
    run = loop.Run(replace(CONFIG, patience=2), total_steps=10 * BATCHES)
    run.val_losses = [0.0, 1.0]  # as if the first epoch had been perfect
    loop.fit(run, TRAIN, VAL, tmp_path / "last.pt", until=10)
    assert len(run.val_losses) == 3
