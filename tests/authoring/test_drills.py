"""Every drill works on this machine: its solution passes and its start fails. The rest is `./prep lint-drills`."""

from pathlib import Path

import pytest

from interview_prep.catalog.drill import load_drill
from interview_prep.catalog.find import list_drill_folders
from interview_prep.judge.client import JudgeClient


@pytest.mark.parametrize("folder", list_drill_folders(), ids=lambda folder: folder.name)
def test_solution_passes_and_start_fails(judge_client: JudgeClient, folder: Path) -> None:
    """As a candidate meets it: what is given does not pass, and there is an answer that does."""
    drill = load_drill(folder)
    solved = judge_client.judge(drill, drill.solution, compare_with_known=False)
    started = judge_client.judge(drill, drill.start, compare_with_known=False)
    assert solved.passed, solved
    assert solved.checks
    assert not started.passed
