"""The checks of a drill by plain pytest, as a person may run them: the same results as the judge's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from interview_prep.catalog.drill import load_drill
from interview_prep.judge.client import JudgeClient
from interview_prep.paths import DRILLS, ROOT
from tests.support.drills import write_mistake

MASK, K_MEANS = DRILLS / "attention" / "causal_mask", DRILLS / "classical" / "k_means"
WARNING = "\n\nimport warnings\nright = {0}\ndef {0}(*args):\n    warnings.warn('!'); return right(*args)\n"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What pytest prints for three answers, which it runs at the same time. ANSWER names the file."""
    folder = tmp_path_factory.mktemp("by_hand")
    for drill, function in ((MASK, "build_mask"), (K_MEANS, "assign")):
        source = (drill / "solution.py").read_text()
        (folder / f"{drill.name}.py").write_text(source + WARNING.format(function))
    runs = {
        "wrong": (MASK, write_mistake(MASK, "hides_itself", folder / "mistake.py")),
        "warns": (MASK, folder / "causal_mask.py"),
        "warns where it may not": (K_MEANS, folder / "k_means.py"),
    }
    processes = {name: start_pytest(drill, answer) for name, (drill, answer) in runs.items()}
    return {name: f"{process.communicate()[0]}\nexit {process.returncode}" for name, process in processes.items()}


def start_pytest(drill: Path, answer: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", str(drill)],
        cwd=ROOT,
        env={**os.environ, "ANSWER": str(answer)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.mark.parametrize(("name", "code"), [("wrong", 1), ("warns", 0), ("warns where it may not", 1)])
def test_plain_pytest_agrees_with_the_judge(
    outputs: dict[str, str], judge_client: JudgeClient, tmp_path: Path, name: str, code: int
) -> None:
    """A wrong answer fails, a right one passes, and a warning fails where the drill forbids warnings, nowhere else."""
    assert outputs[name].endswith(f"exit {code}")
    if name == "wrong":
        answer = write_mistake(MASK, "hides_itself", tmp_path / "mistake.py")
        verdict = judge_client.judge(load_drill(MASK), answer, compare_with_known=False)
        failed = len(verdict.failed)
        assert f"{failed} failed, {len(verdict.checks) - failed} passed" in outputs[name]


def test_plain_pytest_knows_the_mark_of_an_edge() -> None:
    """A mark that nobody registered would be an error, by --strict-markers."""
    command = [sys.executable, "-m", "pytest", "--markers", str(MASK / "test_answer.py")]
    assert "@pytest.mark.edge: " in subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
