"""The lines that repeat a failure by hand: they run, end as the verdict says, and print what it got."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from interview_prep.catalog.find import find_drill, load_catalog
from interview_prep.catalog.mistakes import load_mistakes
from interview_prep.judge.client import JudgeClient
from interview_prep.judge.verdict import CheckResult
from interview_prep.paths import ROOT
from interview_prep.practice.snippet import FAILED_ASSERTS, write_snippet

DRAWN_WITHOUT_A_SEED = {"nan_after_a_while", "lora", "training_loop"}  # some of their checks: other numbers each time


class Repeated(NamedTuple):
    """A failed check, the snippet for it, what that printed, and the exception it ended with, or ""."""

    name: str
    check: CheckResult
    snippet: str
    output: str
    ending: str


@pytest.fixture(scope="module")
def repeated(judge_client: JudgeClient, tmp_path_factory: pytest.TempPathFactory) -> list[Repeated]:
    """The first failure of the first known mistake of every drill, repeated by hand."""
    failures = []
    folder = tmp_path_factory.mktemp("mistakes")
    for drill in load_catalog():
        mistake = load_mistakes(drill.folder)[0]
        path = folder / f"{drill.name}.py"
        path.write_text(mistake.source)
        first = judge_client.judge(drill, path, compare_with_known=False).failed[0]
        failures.append((f"{drill.name}/{mistake.name}", first, write_snippet(drill, first, path)))
    sources = json.dumps([snippet for *_, snippet in failures])
    command = [sys.executable, "-m", "tests.support.run_snippets"]
    runner = subprocess.run(
        command,
        cwd=ROOT,
        env=None,
        input=sources,
        text=True,
        capture_output=True,
        check=True,
    )
    return [Repeated(*failure, *run) for failure, run in zip(failures, json.loads(runner.stdout), strict=True)]


def test_snippet_ends_as_the_verdict_says(repeated: list[Repeated]) -> None:
    """With the exception that the check reports, or with none where values differ."""
    assert len({each.name.partition("/")[0] for each in repeated}) == len(load_catalog())
    for name, check, snippet, output, ending in repeated:
        is_error = check.kind[0].isupper() and check.kind not in FAILED_ASSERTS
        assert ending == (check.kind if is_error else ""), f"{name}\n{snippet}\n{output}"


def test_snippet_prints_what_the_verdict_got(repeated: list[Repeated]) -> None:
    """Where that is one number, or a short list: to three digits."""
    compared = 0
    for name, check, snippet, output, ending in repeated:
        got = re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", check.got)
        printed = [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", output)]
        if check.kind == "value" and got and not ending and name.partition("/")[0] not in DRAWN_WITHOUT_A_SEED:
            compared += 1
            assert any(number == pytest.approx(float(got[0]), rel=1e-3, abs=1e-4) for number in printed), (
                f"{name}\n{check.got}\n{snippet}\n{output}"
            )
    assert compared >= 20


def test_snippet_is_short(repeated: list[Repeated]) -> None:
    """Three lines that import, and about three more."""
    lengths = sorted(len(each.snippet.splitlines()) for each in repeated)
    assert lengths[len(lengths) // 2] <= 6
    assert lengths[-1] <= 25


def test_snippet_runs_with_plain_python_from_the_checkout(judge_client: JudgeClient) -> None:
    """Typed by a person: imports, the statements of the check that matter, and the call, printed."""
    drill = find_drill("scaled_dot_product_attention")
    verdict = judge_client.judge(drill, drill.start)
    snippet = write_snippet(drill, verdict.failed[0], drill.start)
    assert snippet.splitlines()[1:3] == [
        'import_answer("interview_prep/drills/attention/scaled_dot_product_attention/start.py")',
        "from interview_prep.drills.attention.scaled_dot_product_attention.test_answer import *",
    ]
    assert snippet.splitlines()[-1] == "print(attention(query, key, value))"
    run = subprocess.run([sys.executable, "-c", snippet], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stderr.rstrip().endswith("NotImplementedError")


def test_failure_without_a_line_has_no_snippet() -> None:
    """Such as one that the guard has found."""
    check = CheckResult("test_example", "", passed=False, kind="refused")
    assert not write_snippet(find_drill("rope"), check, Path("rope.py"))
