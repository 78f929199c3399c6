"""Every drill's solution passes and its start fails on this machine, and lint finds what breaks a drill's contract.

Left out: that every drill keeps all of its contract, which `./prep lint-drills` proves in a minute or two.
"""

import gc
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interview_prep.authoring.lint import lint_drill
from interview_prep.catalog.drill import load_drill
from interview_prep.catalog.find import list_drill_folders
from interview_prep.catalog.prompt import EDGES
from interview_prep.catalog.sources import parse_source
from interview_prep.judge.client import JudgeClient
from tests.support.drills import DOUBLE, write_mistake


@pytest.mark.parametrize("folder", list_drill_folders(), ids=lambda folder: folder.name)
def test_solution_passes_and_start_fails(judge_client: JudgeClient, folder: Path) -> None:
    """As a candidate meets it: what is given does not pass, and there is an answer that does."""
    drill = load_drill(folder)
    solved = judge_client.judge(drill, drill.solution, compare_with_known=False)
    started = judge_client.judge(drill, drill.start, compare_with_known=False)
    assert solved.complete, solved
    assert solved.checks
    assert not started.passed


def test_threads_read_drills_at_once() -> None:
    """Several threads read programs at once, whatever the garbage collector calls, also on the images' Python 3.11.2.

    CPython issue 106905, fixed in 3.11.5.
    """
    programs = [program for folder in list_drill_folders() for program in folder.glob("[!.]*.py")]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    gc.callbacks.append(lambda *_: [None for _ in range(2000)])
    try:
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(parse_source, programs * 5))
    finally:
        gc.callbacks.pop()
        sys.setswitchinterval(interval)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a good drill, to break."""
    return Path(shutil.copytree(DOUBLE.folder, tmp_path / "golden" / "double"))


def change_file(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_good_drill_has_no_problems(judge_client: JudgeClient, folder: Path) -> None:
    """The copy that the next tests break is good."""
    assert lint_drill(folder, judge_client).problems == ()


def test_mistake_that_passes_is_named(judge_client: JudgeClient, folder: Path) -> None:
    """A known mistake that the checks accept is named."""
    change_file(folder / "mistakes.toml", "return x**2", "return 2 * x")
    assert lint_drill(folder, judge_client).problems == ("double/mistakes/squares: passes",)


def test_mistakes_that_fail_alike_are_named(judge_client: JudgeClient, folder: Path) -> None:
    """Two known mistakes that no check tells apart are named: the verdict would say either of both."""
    (folder / "mistakes").mkdir()
    write_mistake(folder, "squares", folder / "mistakes" / "twin.py")
    assert lint_drill(folder, judge_client).problems == (
        "double/mistakes/twin: fails exactly like mistakes/squares, so no verdict can tell them apart",
    )


def test_checks_that_call_the_answer_on_import_are_named(judge_client: JudgeClient, folder: Path) -> None:
    """Checks that call the answer where they are imported, which is before there is one, are named."""
    checks = (folder / "test_answer.py").read_text()
    (folder / "test_answer.py").write_text(f"{checks}\n\nTWO = double(torch.ones(1))\n")
    assert (
        "double/solution.py: is rejected: "
        "The checks cannot be imported: it may be that they use the answer outside of functions."
    ) in lint_drill(folder, judge_client).problems


def test_start_that_passes_and_solution_that_fails_are_named(judge_client: JudgeClient, folder: Path) -> None:
    """Both are found at once."""
    (folder / "start.py").write_text((folder / "solution.py").read_text())
    write_mistake(folder, "squares", folder / "solution.py")
    change_file(folder / "mistakes.toml", "return x**2", "return x**3")
    change_file(folder / "mistakes.toml", "find = 'return x + x'", "find = 'return x**2'")
    assert lint_drill(folder, judge_client).problems == (
        "double/solution.py: is rejected: Doubles two numbers.",
        "double/start.py: passes",
    )


def test_start_may_not_pass_the_core(judge_client: JudgeClient, folder: Path) -> None:
    """A start that fails only what a strict reviewer adds would give the drill away."""
    (folder / "start.py").write_text("def double(x):\n    x += x\n    return x\n")
    assert lint_drill(folder, judge_client).problems == ("double/start.py: passes",)


def test_drill_without_core_checks_is_named(judge_client: JudgeClient, folder: Path) -> None:
    """Nothing would decide whether an answer passes."""
    checks = (folder / "test_answer.py").read_text()
    (folder / "test_answer.py").write_text(f"{checks}\n\npytestmark = pytest.mark.edge\n")
    problem = "double/solution.py: is rejected: The drill has no core checks: nothing can pass."
    assert problem in lint_drill(folder, judge_client).problems


@pytest.mark.parametrize(("file", "text"), [("prompt.md", EDGES), ("test_answer.py", "@pytest.mark.edge\n")])
def test_edges_that_prompt_or_checks_lack_are_named(
    judge_client: JudgeClient, folder: Path, file: str, text: str
) -> None:
    """What only a strict reviewer wants stands below its heading in the prompt, and is checked."""
    change_file(folder / "test_answer.py", "pytest.param(2, marks=pytest.mark.edge)", "2")
    change_file(folder / file, text, "")
    problem = f"double/prompt.md: {EDGES!r} belongs in a drill with edges, and only there"
    assert problem in lint_drill(folder, judge_client).problems


def test_forbidden_name_that_does_not_exist_is_named(judge_client: JudgeClient, folder: Path) -> None:
    """A misspelt name in `forbids` would forbid nothing."""
    prompt = (folder / "prompt.md").read_text()
    (folder / "prompt.md").write_text(prompt.replace("torch.mul,", "torch.mulitply,"))
    assert any("torch.mulitply" in problem for problem in lint_drill(folder, judge_client).problems)


def test_check_without_a_sentence_is_named(judge_client: JudgeClient, folder: Path) -> None:
    """A check whose name on the screen would be a function's is named."""
    checks = (folder / "test_answer.py").read_text()
    (folder / "test_answer.py").write_text(checks.replace('    """Leaves its input alone."""\n', ""))
    assert lint_drill(folder, judge_client).problems == (
        "double/test_answer.py: test_unchanged needs a docstring of at most 75 characters",
    )


def test_checks_that_accept_another_shape_are_named(judge_client: JudgeClient, folder: Path) -> None:
    """Checks by which an array of another shape is right are named, with the function and the shape."""
    checks = (folder / "test_answer.py").read_text()
    compared = "assert (double(torch.ones(2)) == torch.full((2,), 2.0)).all()"
    only = f'    """Doubles two numbers."""\n    {compared}\n'
    (folder / "test_answer.py").write_text(checks[: checks.index('    """Doubles two')] + only)
    problems = {problem for problem in lint_drill(folder, judge_client).problems if "accepts" in problem}
    says = "double/test_answer.py: accepts what double gives when it is"
    assert problems == {f"{says} nested", f"{says} collapsed"}
