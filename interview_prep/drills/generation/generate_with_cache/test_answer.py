"""Generation with a cache against a loop over rows that reads the whole sequence again at every step."""

import math
from typing import Any

import pytest
import torch
from answer import generate
from numpy.testing import assert_allclose
from torch import Tensor
from torch.nn.functional import one_hot
from torch.testing import assert_close

INF = math.inf


def running_sum(tokens: Tensor, cache: Any) -> tuple[Tensor, Any]:
    """The model in the task."""
    total = tokens.cumsum(1) + (0 if cache is None else cache)
    return one_hot(total % 5, 5).float(), total[:, -1:]


class Hashing:
    """A model whose logits depend on all tokens so far and their order. It records how it is called."""

    def __init__(self, vocabulary: int, seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.table = torch.rand(89, vocabulary, generator=generator)
        self.shapes: list[tuple[int, ...]] = []
        self.first: list[bool] = []
        self.grad: list[bool] = []

    def __call__(self, tokens: Tensor, cache: Any) -> tuple[Tensor, Any]:
        self.shapes.append(tuple(tokens.shape))
        self.first.append(cache is None)
        self.grad.append(torch.is_grad_enabled())
        key = torch.zeros(len(tokens), dtype=torch.int64) if cache is None else cache[0]
        logits = []
        for column in tokens.T:
            key = (key * 31 + column + 7) % 89
            logits.append(self.table[key])
        return torch.stack(logits, dim=1), (key,)

    def best(self, tokens: list[int]) -> int:
        """The greedy continuation of one row of tokens."""
        key = 0
        for token in tokens:
            key = (key * 31 + token + 7) % 89
        return int(self.table[key].argmax())


def by_rows(model: Hashing, prompt: Tensor, max_new: int, eos: int, pad: int) -> Tensor:
    """Slow and obvious: one row after the other, no cache, and padding at the end."""
    rows = []
    for row in prompt.tolist():
        tokens = list(row)
        while len(tokens) < len(row) + max_new and eos not in tokens[len(row) :]:
            tokens.append(model.best(tokens))
        rows.append(tokens)
    longest = max(map(len, rows))
    return torch.tensor([tokens + [pad] * (longest - len(tokens)) for tokens in rows])


def always(*logits: float) -> Any:
    """A model that gives the same logits after everything."""
    row = torch.tensor(logits)
    return lambda tokens, cache: (row.expand(*tokens.shape, len(logits)), cache or 0)


def shares(got: Tensor, vocabulary: int) -> Tensor:
    """How often each id is the last one."""
    return torch.bincount(got[:, -1], minlength=vocabulary) / len(got)


def test_example() -> None:
    """Matches the example in the task."""
    expected = torch.tensor([[1, 0, 1, 2, 4, 0], [1, 2, 3, 1, 2, 4]])
    assert_close(generate(running_sum, torch.tensor([[1, 0], [1, 2]]), max_new=9, eos=4, pad=0), expected)


@pytest.mark.parametrize(("batch", "length", "seed"), [(1, 1, 0), (1, 4, 1), (3, 2, 2), (5, 3, 3)])
def test_greedy(batch: int, length: int, seed: int) -> None:
    """Agrees with a loop that has no cache, with each row ending on its own."""
    prompt = torch.randint(6, (batch, length), generator=torch.Generator().manual_seed(seed))
    expected = by_rows(Hashing(6, seed), prompt, 7, eos=2, pad=5)
    assert_close(generate(Hashing(6, seed), prompt, max_new=7, eos=2, pad=5), expected)


def test_limit() -> None:
    """Adds max_new tokens if no row ends."""
    expected = torch.tensor([[0, 2, 2, 2], [1, 2, 2, 2]])
    assert_close(generate(always(0.0, 1.0, 3.0), torch.tensor([[0], [1]]), max_new=3, eos=1, pad=0), expected)


def test_pads_what_is_finished() -> None:
    """Gives a finished row pad, not what the model says next."""
    got = generate(running_sum, torch.tensor([[4, 0], [1, 0]]), max_new=9, eos=4, pad=3)
    assert_close(got, torch.tensor([[4, 0, 4, 3, 3], [1, 0, 1, 2, 4]]))


def test_ends_at_different_steps() -> None:
    """Keeps going until the last row has ended, even if no two end together."""
    got = generate(running_sum, torch.tensor([[1, 0], [4, 0], [1, 2]]), max_new=20, eos=4, pad=1)
    assert_close(got, torch.tensor([[1, 0, 1, 2, 4, 1], [4, 0, 4, 1, 1, 1], [1, 2, 3, 1, 2, 4]]))


def test_eos_in_the_prompt() -> None:
    """Continues a prompt that contains eos."""
    got = generate(running_sum, torch.tensor([[4, 2], [4, 3]]), max_new=3, eos=4, pad=0)
    assert_close(got, torch.tensor([[4, 2, 1, 2, 4], [4, 3, 2, 4, 0]]))


@pytest.mark.edge
def test_pad_is_eos() -> None:
    """Works if one id is both eos and pad."""
    expected = torch.tensor([[1, 0, 1, 2, 4, 4], [1, 2, 3, 1, 2, 4]])
    assert_close(generate(running_sum, torch.tensor([[1, 0], [1, 2]]), max_new=9, eos=4, pad=4), expected)


@pytest.mark.edge
def test_model_says_pad() -> None:
    """Keeps going if the model itself says pad before eos."""
    expected = torch.tensor([[2, 1, 3, 1, 2, 4]])
    assert_close(generate(running_sum, torch.tensor([[2, 1]]), max_new=9, eos=4, pad=3), expected)


def test_one_token_a_call() -> None:
    """Feeds the prompt once, then one token per row, in as many calls as steps."""
    model = Hashing(4)
    generate(model, torch.ones(2, 3, dtype=torch.int64), max_new=4, eos=9, pad=0)
    assert model.shapes == [(2, 3), (2, 1), (2, 1), (2, 1)]


def test_no_call_after_the_end() -> None:
    """Stops calling the model once all rows have ended."""
    model = Hashing(3)
    model.table[:] = torch.tensor([0.0, 1.0, 0.0])
    generate(model, torch.zeros(2, 2, dtype=torch.int64), max_new=50, eos=1, pad=0)
    assert model.shapes == [(2, 2)]


def test_cache_is_passed_on() -> None:
    """Gives the model no cache on the first call, and one on every later call."""
    model = Hashing(4)
    generate(model, torch.ones(2, 3, dtype=torch.int64), max_new=3, eos=9, pad=0)
    assert model.first == [True, False, False]


@pytest.mark.edge
def test_no_new_tokens() -> None:
    """Returns the prompt if max_new is 0."""
    assert_close(generate(Hashing(3), torch.tensor([[1, 2]]), max_new=0, eos=0, pad=0), torch.tensor([[1, 2]]))


@pytest.mark.edge
def test_no_call_for_no_tokens() -> None:
    """Doesn't call the model if max_new is 0."""
    model = Hashing(3)
    generate(model, torch.tensor([[1, 2]]), max_new=0, eos=0, pad=0)
    assert model.shapes == []


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_shares_of_samples(temperature: float) -> None:
    """Draws each token as often as softmax(logits / temperature) says."""
    generator = torch.Generator().manual_seed(0)
    model, prompt = always(0.0, 1.0, 2.0), torch.zeros(2000, 1, dtype=torch.int64)
    got = shares(generate(model, prompt, 1, 9, 0, temperature=temperature, generator=generator), 3)
    weights = [math.exp(logit / temperature) for logit in (0.0, 1.0, 2.0)]
    assert_allclose(got.numpy(), [weight / sum(weights) for weight in weights], atol=0.04)


def test_samples_depend_on_all_before() -> None:
    """Draws from the last position, with the newest cache."""
    generator = torch.Generator().manual_seed(0)
    prompt = torch.tensor([[3, 1], [0, 2], [2, 2]])
    sharp = Hashing(5, seed=4)
    sharp.table *= 1000
    expected = by_rows(sharp, prompt, 5, eos=1, pad=0)
    assert_close(generate(sharp, prompt, 5, 1, 0, temperature=0.01, generator=generator), expected)


def test_samples_end() -> None:
    """Ends and pads sampled rows too."""
    generator = torch.Generator().manual_seed(0)
    prompt = torch.zeros(300, 1, dtype=torch.int64)
    got = generate(always(-INF, 0.0, 0.0), prompt, 4, eos=2, pad=0, temperature=1.0, generator=generator)
    ended = (got[:, 1:] == 2).cumsum(1).cumsum(1)  # 1 at the first eos, larger after it
    assert_close(got[:, 1:], torch.where(ended == 0, 1, torch.where(ended == 1, 2, 0)))


@pytest.mark.edge
def test_impossible_tokens() -> None:
    """Never draws a token whose logit is -inf."""
    generator = torch.Generator().manual_seed(0)
    prompt = torch.zeros(500, 1, dtype=torch.int64)
    got = shares(generate(always(-INF, 1.0, -INF, 1e4), prompt, 1, 9, 0, temperature=1e4, generator=generator), 4)
    assert_close(got > 0, torch.tensor([False, True, False, True]))


@pytest.mark.edge
def test_large_logits() -> None:
    """Draws from logits of 1e4 without overflow."""
    generator = torch.Generator().manual_seed(0)
    got = generate(always(-1e4, 1e4, 0.0), torch.zeros(2, 1, dtype=torch.int64), 1, 9, 0, 0.5, generator)
    assert_close(got, torch.tensor([[0, 1], [0, 1]]))


def test_generator() -> None:
    """Draws the same tokens from the same generator state."""
    prompt = torch.zeros(60, 1, dtype=torch.int64)
    expected = generate(always(0.0, 0.0, 0.0), prompt, 2, 9, 0, 1.0, torch.Generator().manual_seed(7))
    got = generate(always(0.0, 0.0, 0.0), prompt, 2, 9, 0, 1.0, torch.Generator().manual_seed(7))
    assert_close(got, expected)


def test_generator_moves_on() -> None:
    """Draws other tokens once the generator has advanced."""
    prompt, generator = torch.zeros(60, 1, dtype=torch.int64), torch.Generator().manual_seed(7)
    first = generate(always(0.0, 0.0, 0.0), prompt, 2, 9, 0, 1.0, generator)
    second = generate(always(0.0, 0.0, 0.0), prompt, 2, 9, 0, 1.0, generator)
    assert torch.equal(first, second) == False  # noqa: E712, the judge shows both sides


def test_steps_differ() -> None:
    """Makes a new draw at each step: no two of eight steps agree on all rows."""
    prompt, generator = torch.zeros(60, 1, dtype=torch.int64), torch.Generator().manual_seed(7)
    steps = generate(always(0.0, 0.0, 0.0), prompt, 8, 9, 0, 1.0, generator)[:, 1:].T.tolist()
    assert len({tuple(step) for step in steps}) == 8


def test_rows_differ() -> None:
    """Draws separately for each row, even if all rows have the same logits."""
    prompt, generator = torch.zeros(60, 1, dtype=torch.int64), torch.Generator().manual_seed(7)
    got = generate(always(0.0, 0.0, 0.0), prompt, 1, 9, 0, 1.0, generator)[:, -1]
    assert got.unique().tolist() == [0, 1, 2]


def test_without_a_generator() -> None:
    """Samples without a generator too."""
    got = generate(always(-INF, 0.0, 0.0), torch.zeros(60, 1, dtype=torch.int64), 1, 9, 0, 1.0)[:, -1]
    assert got.unique().tolist() == [1, 2]


@pytest.mark.parametrize("temperature", [0.0, 1e-4])
def test_long(temperature: float) -> None:
    """Handles a long prompt and many new tokens, greedily and nearly so."""
    prompt, model = torch.randint(6, (2, 30), generator=torch.Generator().manual_seed(5)), Hashing(6, seed=5)
    expected = by_rows(model, prompt, 40, eos=9, pad=0)
    assert_close(generate(model, prompt, 40, 9, 0, temperature, torch.Generator().manual_seed(0)), expected)


@pytest.mark.edge
def test_shares_of_later_steps() -> None:
    """Divides by the temperature at every step."""
    generator, prompt = torch.Generator().manual_seed(0), torch.zeros(2000, 1, dtype=torch.int64)
    got = shares(generate(always(0.0, 1.0, 2.0), prompt, 5, 9, 0, temperature=0.5, generator=generator), 3)
    weights = [math.exp(logit / 0.5) for logit in (0.0, 1.0, 2.0)]
    assert_allclose(got.numpy(), [weight / sum(weights) for weight in weights], atol=0.04)


@pytest.mark.edge
def test_low_temperature() -> None:
    """Draws at a temperature near 0 when two logits are nearly equal."""
    generator, prompt = torch.Generator().manual_seed(0), torch.zeros(200, 1, dtype=torch.int64)
    got = generate(always(0.0, 1e-3, -1.0), prompt, 1, 9, 0, temperature=2e-3, generator=generator)[:, -1]
    assert got.unique().tolist() == [0, 1]


@pytest.mark.edge
def test_huge_unequal_logits() -> None:
    """Tells logits of 2e4 and 3e4 apart."""
    generator = torch.Generator().manual_seed(0)
    got = generate(always(2e4, 3e4, 0.0), torch.zeros(20, 1, dtype=torch.int64), 1, 9, 0, 1.0, generator)
    assert_close(got[:, -1], torch.ones(20, dtype=torch.int64))


@pytest.mark.edge
@pytest.mark.parametrize("seeded", [True, False])
def test_global_random_state(seeded: bool) -> None:
    """Leaves the global random state alone, or advances it if it draws from it."""
    torch.manual_seed(3)
    before = torch.get_rng_state()
    for _ in range(2):
        generator = torch.Generator().manual_seed(7) if seeded else None
        generate(always(0.0, 0.0, 0.0), torch.zeros(60, 1, dtype=torch.int64), 1, 9, 0, 1.0, generator)
    moved = not torch.equal(torch.get_rng_state(), before)
    assert (moved, torch.initial_seed()) == (not seeded, 3)


@pytest.mark.edge
@pytest.mark.parametrize("enabled", [True, False])
def test_gradient_mode(enabled: bool) -> None:
    """Leaves gradients on or off, as they were."""
    with torch.set_grad_enabled(enabled):
        generate(running_sum, torch.tensor([[1, 0]]), max_new=2, eos=4, pad=0)
        assert torch.is_grad_enabled() is enabled


@pytest.mark.edge
def test_device() -> None:
    """Creates new tensors on the prompt's device, whatever the default is."""
    prompt, expected = torch.tensor([[1, 0], [1, 2]]), torch.tensor([[1, 0, 1, 2, 4, 0], [1, 2, 3, 1, 2, 4]])
    with torch.device("meta"):
        got = generate(running_sum, prompt, max_new=9, eos=4, pad=0)
    assert_close(got, expected)


def test_gradients_are_off() -> None:
    """Calls the model without autograd."""
    model = Hashing(4)
    generate(model, torch.ones(1, 2, dtype=torch.int64), max_new=2, eos=9, pad=0)
    assert model.grad == [False, False]


@pytest.mark.edge
def test_prompt_unchanged() -> None:
    """Leaves the prompt unchanged."""
    prompt = torch.tensor([[4, 0], [1, 0]])
    generate(running_sum, prompt, max_new=5, eos=4, pad=3)
    assert_close(prompt, torch.tensor([[4, 0], [1, 0]]))
