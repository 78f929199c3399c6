"""What a verdict says of its failures: which one comes first, and which are the same."""

from dataclasses import replace

import pytest

from interview_prep.judge.verdict import CheckResult, Verdict, describe_result

CHECK = CheckResult("test_values", "", passed=False, kind="value", got="0.5", difference="by 0.1")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (CHECK, replace(CHECK, name="test_large", edge=True)),
        (replace(CHECK, name="test_batch[3]", kind="dtype"), replace(CHECK, edge=True)),
        (CHECK, replace(CHECK, name="test_batch[3]")),
        (CHECK, replace(CHECK, name="test_dtype", kind="dtype")),
        (replace(CHECK, name="test_batch[3]"), replace(CHECK, name="test_mask", kind="type")),
        (replace(CHECK, name="test_one"), replace(CHECK, name="test_other")),
    ],
    ids=["core", "core of any kind", "one example", "values", "values of any case", "in the checks' order"],
)
def test_most_telling_failure_comes_first(first: CheckResult, second: CheckResult) -> None:
    """Core before edge, values before types, one example before many cases, whatever the order they ran in."""
    verdicts = [Verdict("x", passed=False, checks=checks) for checks in ((first, second), (second, first))]
    ranked = verdicts[:1] if first.name == "test_one" else verdicts
    assert all(verdict.failed == (first, second) for verdict in ranked)


@pytest.mark.parametrize(
    ("got", "difference", "is_same"),
    [
        ("0.50000001", "by 0.1", True),
        ("0.501", "by 0.1", False),
        ("0.5", "by 0.2", False),
        ("0.5", "", False),
    ],
)
def test_results_are_the_same_in_four_digits(got: str, difference: str, is_same: bool) -> None:
    """A mistake that is written another way rounds another way."""
    assert (describe_result(replace(CHECK, got=got, difference=difference)) == describe_result(CHECK)) == is_same


def test_addresses_and_the_answers_own_lines_do_not_count() -> None:
    """They differ between two answers that make one mistake."""
    one = replace(CHECK, got="KeyError: <Value at 0x7f01>", difference="line 3: x = y")
    other = replace(CHECK, got="KeyError: <Value at 0x55ab>", difference="line 8: z = y")
    assert describe_result(one) == describe_result(other)
