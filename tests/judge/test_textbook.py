"""Textbook answers pass: what a good candidate types from memory, in the styles of the well-known implementations.

An answer is textbook/DRILL__STYLE.py, and its docstring says whose style it is. Left out: the edges, which it may miss.
"""

from pathlib import Path

import pytest

from interview_prep.catalog.drill import load_drill
from interview_prep.catalog.find import list_drill_folders
from interview_prep.judge.client import JudgeClient

ANSWERS = sorted((Path(__file__).parent / "textbook").glob("[!.]*.py"))
DRILLS = {folder.name: folder for folder in list_drill_folders()}


def test_every_drill_has_a_textbook_answer() -> None:
    """None is left out, and no answer is for a drill that is gone."""
    assert {answer.stem.partition("__")[0] for answer in ANSWERS} == set(DRILLS)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.stem)
def test_a_textbook_answer_passes(judge_client: JudgeClient, answer: Path) -> None:
    """What an interviewer would accept holds, whatever a strict reviewer finds besides."""
    drill = load_drill(DRILLS[answer.stem.partition("__")[0]])
    verdict = judge_client.judge(drill, answer, compare_with_known=False)
    assert verdict.passed, (verdict.reason, verdict.failed)
