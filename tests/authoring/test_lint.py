"""Every drill of the kit keeps the authoring contract, and lint itself finds what breaks it."""

import gc
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interview_prep.authoring.lint import LintResult, lint_drill, lint_drills
from interview_prep.catalog.drill import list_mistakes
from interview_prep.catalog.find import list_drill_folders
from interview_prep.catalog.sources import summarize_mistake
from interview_prep.judge.client import JudgeClient
from tests.support.drills import DOUBLE


@pytest.fixture(scope="module")
def findings() -> dict[str, LintResult]:
    return {finding.drill: finding for finding in lint_drills(list_drill_folders())}


@pytest.mark.parametrize("name", [folder.name for folder in list_drill_folders()])
def test_drill(findings: dict[str, LintResult], name: str) -> None:
    """The start fails, the solution passes, each known mistake and each forbidden call is rejected."""
    assert findings[name].problems == ()
    assert findings[name].mistakes >= 3


def test_names_are_unique() -> None:
    """A drill is called by its folder's name alone."""
    names = [folder.name for folder in list_drill_folders()]
    assert len(names) == len(set(names))


def test_drills_are_read_by_threads() -> None:
    """Several threads read mistakes at once, whatever the garbage collector calls: the images' Python 3.11.2 minds it.

    CPython issue 106905, fixed in 3.11.5.
    """
    mistakes = [mistake for folder in list_drill_folders() for mistake in list_mistakes(folder)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    gc.callbacks.append(lambda *_: [None for _ in range(2000)])
    try:
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(summarize_mistake, mistakes))
    finally:
        gc.callbacks.pop()
        sys.setswitchinterval(interval)


def broken(tmp_path: Path) -> Path:
    """A copy of a good drill, to break."""
    return Path(shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double"))


def test_good_copy(judge_client: JudgeClient, tmp_path: Path) -> None:
    """The copy that the next tests break is good."""
    assert lint_drill(broken(tmp_path), judge_client).problems == ()


def test_wrong_answer_that_passes(judge_client: JudgeClient, tmp_path: Path) -> None:
    """A known mistake that the checks accept is named."""
    folder = broken(tmp_path)
    shutil.copy(folder / "solution.py", folder / "wrong" / "none.py")
    assert lint_drill(folder, judge_client).problems == ("double/wrong/none.py: passes",)


def test_wrong_answers_that_fail_alike(judge_client: JudgeClient, tmp_path: Path) -> None:
    """Two known mistakes that no check tells apart are named: the verdict would say either of both."""
    folder = broken(tmp_path)
    source = (folder / "wrong" / "squares.py").read_text()
    (folder / "wrong" / "twin.py").write_text(source.replace('"""Add', '"""Do add'))
    assert lint_drill(folder, judge_client).problems == (
        "double/wrong/twin.py: fails as wrong/squares.py does, so that no verdict can tell them apart",
    )


def test_checks_that_call_too_early(judge_client: JudgeClient, tmp_path: Path) -> None:
    """Checks that call the answer where they are imported, which is before there is one, are named."""
    folder = broken(tmp_path)
    checks = (folder / "test_answer.py").read_text()
    (folder / "test_answer.py").write_text(f"{checks}\n\nTWO = double(torch.ones(1))\n")
    assert (
        "double/solution.py: is rejected: "
        "The checks cannot be imported: it may be that they use the answer outside of functions."
    ) in lint_drill(folder, judge_client).problems


def test_start_that_passes_and_solution_that_fails(judge_client: JudgeClient, tmp_path: Path) -> None:
    """Both are found at once."""
    folder = broken(tmp_path)
    (folder / "start.py").write_text((folder / "solution.py").read_text())
    (folder / "solution.py").write_text((folder / "wrong" / "squares.py").read_text())
    assert lint_drill(folder, judge_client).problems == (
        "double/solution.py: is rejected: Doubles two numbers.",
        "double/start.py: passes",
    )


def test_forbidden_name_that_is_none(judge_client: JudgeClient, tmp_path: Path) -> None:
    """A misspelt name in `forbids` would forbid nothing."""
    folder = broken(tmp_path)
    prompt = (folder / "prompt.md").read_text()
    (folder / "prompt.md").write_text(prompt.replace("torch.mul,", "torch.mulitply,"))
    assert any("torch.mulitply" in problem for problem in lint_drill(folder, judge_client).problems)


def test_check_without_a_sentence(judge_client: JudgeClient, tmp_path: Path) -> None:
    """A check whose name on the screen would be a function's is named."""
    folder = broken(tmp_path)
    checks = (folder / "test_answer.py").read_text()
    (folder / "test_answer.py").write_text(checks.replace('    """Leaves its input alone."""\n', ""))
    assert lint_drill(folder, judge_client).problems == (
        "double/test_answer.py: test_unchanged needs a docstring of at most 75 characters",
    )


def test_checks_that_mind_no_shape(judge_client: JudgeClient, tmp_path: Path) -> None:
    """Checks by which an array of another shape is right are named, with the function and the shape."""
    folder = broken(tmp_path)
    checks = (folder / "test_answer.py").read_text()
    compared = "assert (double(torch.ones(2)) == torch.full((2,), 2.0)).all()"
    only = f'    """Doubles two numbers."""\n    {compared}\n'
    (folder / "test_answer.py").write_text(checks[: checks.index('    """Doubles two')] + only)
    problems = {problem for problem in lint_drill(folder, judge_client).problems if "accepts" in problem}
    says = "double/test_answer.py: accepts what double gives when it is"
    assert problems == {f"{says} nested", f"{says} collapsed"}
