"""Beam search against an enumeration of all sequences, and against a loop over lists."""

import math
from collections.abc import Callable
from itertools import product

import pytest
import torch
from answer import beam_search
from torch import Tensor

Step = Callable[[Tensor], Tensor]
INF = math.inf

TABLE = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.4, 0.35, 0.25, 0.0], [0.9, 0.06, 0.04, 0.0], [0.0, 0.6, 0.4, 0.0]]).log()


def by_last(table: Tensor | list[list[float]]) -> Step:
    """The next token depends on the last one."""
    rows = torch.as_tensor(table)
    return lambda tokens: rows[tokens[:, -1]]


def by_all(seed: int, vocabulary: int) -> Step:
    """The next token depends on every token before it and on their order."""
    logits = torch.randn(97, vocabulary, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    table = (logits * 1.5).log_softmax(dim=-1)

    def step(tokens: Tensor) -> Tensor:
        key = torch.zeros(len(tokens), dtype=torch.int64)
        for column in tokens.T:
            key = (key * 31 + column + 7) % 97
        return table[key]

    return step


def logs(step: Step, start: int, tokens: list[int]) -> list[float]:
    return step(torch.tensor([[start, *tokens]]))[0].tolist()


def by_enumeration(step: Step, start: int, end: int, vocabulary: int, max_new: int) -> list[list[int]]:
    """Every sequence that ends, or is max_new long, best mean first."""
    scored = []
    for length in range(1, max_new + 1):
        for tokens in map(list, product(range(vocabulary), repeat=length)):
            if end not in tokens[:-1] and (tokens[-1] == end or length == max_new):
                total = sum(logs(step, start, tokens[:i])[token] for i, token in enumerate(tokens))
                scored.append((total / length, tokens))
    return [tokens for _, tokens in sorted(scored, reverse=True)]


def by_lists(step: Step, start: int, end: int, width: int, max_new: int) -> list[list[int]]:
    """Slow and obvious: one beam and one token at a time."""
    live: list[tuple[float, list[int]]] = [(0.0, [])]
    scored = []
    for _ in range(max_new):
        continued = []
        for total, tokens in live:
            continued += [(total + log, [*tokens, token]) for token, log in enumerate(logs(step, start, tokens))]
        kept = sorted(continued, reverse=True)[:width]
        scored += [(total / len(tokens), tokens) for total, tokens in kept if tokens[-1] == end]
        live = [(total, tokens) for total, tokens in kept if tokens[-1] != end]
    scored += [(total / len(tokens), tokens) for total, tokens in live]
    return [tokens for _, tokens in sorted(scored, reverse=True)[:width]]


def test_example_of_width_1() -> None:
    """Matches the first result in the task."""
    assert beam_search(by_last(TABLE), start=3, end=0, width=1, max_new=2) == [[1, 0]]


def test_example_of_width_2() -> None:
    """Matches the second result in the task."""
    assert beam_search(by_last(TABLE), start=3, end=0, width=2, max_new=2) == [[2, 0], [1, 0]]


def test_width_without_limit() -> None:
    """Agrees with an enumeration when nothing is ever dropped."""
    step = by_all(seed=0, vocabulary=3)
    assert beam_search(step, start=1, end=2, width=27, max_new=3) == by_enumeration(step, 1, 2, 3, 3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_width_of_2(seed: int) -> None:
    """Agrees with a loop over lists when two beams compete."""
    step = by_all(seed, vocabulary=4)
    assert beam_search(step, start=1, end=0, width=2, max_new=4) == by_lists(step, 1, 0, 2, 4)


@pytest.mark.parametrize("seed", [4, 5])
def test_width_of_3(seed: int) -> None:
    """Agrees with a loop over lists when three beams compete."""
    step = by_all(seed, vocabulary=6)
    assert beam_search(step, start=5, end=3, width=3, max_new=5) == by_lists(step, 5, 3, 3, 5)


def test_both_children_of_one_beam() -> None:
    """Keeps two continuations of the same beam if they are the best two."""
    table = [[-9.0, -9.0, -9.0], [-9.0, -0.7, -0.8], [-9.0, -4.0, -5.0]]
    assert beam_search(by_last(table), start=1, end=0, width=2, max_new=2) == [[1, 1], [1, 2]]


def test_finished_is_not_continued() -> None:
    """Sets a finished sequence aside even if a token after it would be likely."""
    table = [[-0.01, -0.02, -0.03], [-0.5, -3.0, -3.5], [-9.0, -0.6, -4.0]]
    assert beam_search(by_last(table), start=2, end=0, width=1, max_new=4) == [[1, 0]]


def test_long_sequence_of_better_mean() -> None:
    """Ranks by the mean: the longer sequence has a lower total and wins."""
    table = [[-9.0, -9.0, -9.0], [-0.5, -9.0, -8.0], [-1.0, -0.7, -9.0]]  # totals -1 and -1.2
    assert beam_search(by_last(table), start=2, end=0, width=2, max_new=2) == [[1, 0], [0]]


def test_mean_over_added_tokens() -> None:
    """Doesn't count the start token in the length."""
    table = [[-9.0, -9.0, -9.0], [-0.8, -9.0, -8.0], [-1.0, -1.1, -9.0]]  # means -1 and -0.95
    assert beam_search(by_last(table), start=2, end=0, width=2, max_new=2) == [[1, 0], [0]]


def test_live_at_the_limit() -> None:
    """Returns sequences that haven't ended when max_new is reached."""
    table = [[-9.0, -9.0, -9.0], [-8.0, -0.1, -2.0], [-7.0, -1.0, -3.0]]
    assert beam_search(by_last(table), start=1, end=0, width=2, max_new=3) == [[1, 1, 1], [1, 1, 2]]


def test_one_new_token() -> None:
    """Returns the best tokens if only one may be added."""
    table = [[0.0, 0.0, 0.0], [-0.5, -2.0, -1.0], [0.0, 0.0, 0.0]]
    assert beam_search(by_last(table), start=1, end=0, width=2, max_new=1) == [[0], [2]]


def test_impossible_tokens() -> None:
    """Never keeps or returns a continuation of -inf, however wide the beam is."""
    table = [[0.0, 0.0, 0.0], [-1.0, -INF, -0.5], [-0.7, -INF, -INF]]
    assert beam_search(by_last(table), start=1, end=0, width=8, max_new=3) == [[2, 0], [0]]


def test_long_sequences() -> None:
    """Agrees with a loop over lists for twenty tokens of a larger vocabulary."""
    step = by_all(seed=6, vocabulary=30)
    assert beam_search(step, start=1, end=0, width=4, max_new=20) == by_lists(step, 1, 0, 4, 20)


@pytest.mark.edge
def test_nearly_equal_totals() -> None:
    """Keeps the order of float64 totals that are 1e-9 apart."""
    table = torch.tensor(
        [[-9.0, -9.0, -9.0], [-3.0, -0.7, -0.7 + 1e-9], [-0.2 - 1e-9, -3.0, -4.0]], dtype=torch.float64
    )
    table[1, 0] = -0.7 - 1e-9
    assert beam_search(by_last(table), start=1, end=0, width=2, max_new=1) == [[2], [1]]
    assert beam_search(by_last(table), start=1, end=0, width=1, max_new=2) == [[2, 0]]


@pytest.mark.edge
def test_nearly_equal_means() -> None:
    """Ranks a longer sequence first if its float64 mean is 1e-9 higher."""
    table = torch.tensor([[-9.0, -9.0, -9.0], [-0.5, -9.0, -0.6], [-0.4 + 2e-9, -9.0, -9.0]], dtype=torch.float64)
    assert beam_search(by_last(table), start=1, end=0, width=2, max_new=2) == [[2, 0], [0]]


@pytest.mark.edge
def test_start_is_end() -> None:
    """Starts with the end token if start is the same id."""
    table = [[-2.0, -0.5, -1.0], [-0.3, -1.5, -2.5], [-0.4, -2.0, -3.0]]
    assert beam_search(by_last(table), start=0, end=0, width=2, max_new=3) == [[1, 0], [2, 0]]


@pytest.mark.edge
def test_start_again() -> None:
    """Continues a beam that has chosen start again."""
    table = [[-9.0, -9.0, -9.0], [-5.0, -0.1, -6.0], [-9.0, -9.0, -9.0]]
    assert beam_search(by_last(table), start=1, end=0, width=1, max_new=3) == [[1, 1, 1]]


@pytest.mark.edge
def test_result_of_step_unchanged() -> None:
    """Leaves what step returns unchanged."""
    tables = {length: torch.tensor([[-9.0, -0.5, -2.0]]) for length in (1, 2, 3)}
    before = {length: table.clone() for length, table in tables.items()}
    beam_search(lambda tokens: tables[tokens.shape[1]], start=1, end=0, width=1, max_new=3)
    assert [table.tolist() for table in tables.values()] == [table.tolist() for table in before.values()]


@pytest.mark.edge
def test_lowest_log_probabilities() -> None:
    """Treats a log probability of -2e5 as possible."""
    table = [[0.0, 0.0, 0.0], [-2e5, -3e5, -4e5], [0.0, 0.0, 0.0]]
    assert beam_search(by_last(table), start=1, end=0, width=2, max_new=1) == [[0], [1]]


@pytest.mark.edge
def test_very_low_log_probabilities() -> None:
    """Ranks log probabilities so low that their exp is 0."""
    table = [[0.0, 0.0, 0.0], [-1e4, -7e3, -2e3], [-3e3, -4e3, -1e4]]
    assert beam_search(by_last(table), start=1, end=0, width=2, max_new=2) == [[2, 0], [2, 1]]


def test_lists_of_ints() -> None:
    """Returns tokens as plain ints."""
    got = beam_search(by_last(TABLE), start=3, end=0, width=2, max_new=2)
    assert [[type(token).__name__ for token in tokens] for tokens in got] == [["int", "int"]] * 2


def test_one_call_a_step() -> None:
    """Calls step once for all live beams, with one row for each."""
    shapes = []

    def step(tokens: Tensor) -> Tensor:
        shapes.append(tuple(tokens.shape))
        return by_last([[-9.0, -9.0, -9.0], [-6.0, -0.9, -0.8], [-0.1, -1.5, -1.6]])(tokens)

    beam_search(step, start=1, end=0, width=2, max_new=3)
    assert shapes == [(1, 1), (2, 2), (1, 3)]


def test_stops_when_all_ended() -> None:
    """Stops calling step once no beam is live."""
    lengths = []

    def step(tokens: Tensor) -> Tensor:
        lengths.append(tokens.shape[1])
        return by_last([[0.0, 0.0], [-0.1, -INF]])(tokens)

    beam_search(step, start=1, end=0, width=3, max_new=50)
    assert lengths == [1]
