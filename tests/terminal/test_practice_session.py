"""What each key and each save does to a practice session: no terminal, and a judge that is told its verdicts."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console, RenderableType
from rich.markdown import Markdown

from interview_prep.catalog.drill import Drill
from interview_prep.catalog.find import load_catalog
from interview_prep.judge.client import JudgeClient, JudgeError
from interview_prep.judge.verdict import CheckResult, Verdict
from interview_prep.practice import workspace
from interview_prep.practice.history import History
from interview_prep.terminal.practice_session import PracticeSession

PASSED = Verdict(
    "causal_mask", passed=True, complete=True, checks=(CheckResult("test_mask", "Hides the future.", passed=True),)
)
FAILED = Verdict("causal_mask", passed=False, reason="It doesn't define build_mask.")


class ToldJudge(JudgeClient):
    """Gives the verdict that a test tells it, or raises the error, and starts no process."""

    outcome: Verdict | Exception = PASSED

    def __init__(self) -> None:
        """Start nothing."""

    def preload_drill(self, drill: Drill) -> None:
        """Learn nothing."""

    def judge(self, *_: object, **__: object) -> Verdict:
        """Return or raise what the test has told."""
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[History]:
    """An empty history; answers are in the test's folder."""
    monkeypatch.setenv("PREP_WORK", str(tmp_path))
    with History(tmp_path / "history.sqlite3") as events:
        yield events


@pytest.fixture
def session(drill: Drill, history: History) -> PracticeSession:
    """A session on a drill that was never started."""
    return PracticeSession(load_catalog(), drill, ToldJudge(), history)


def draw(session: PracticeSession) -> str:
    """The screen as text, 80 columns wide."""
    console = Console(width=80, color_system=None)
    with console.capture() as drawn:
        console.print(session.render())
    return drawn.get()


def draw_alone(renderable: RenderableType) -> str:
    """The text of one part of the screen, at the width of an answer."""
    console = Console(width=77, color_system=None)
    with console.capture() as drawn:
        console.print(renderable)
    return drawn.get()


def press(session: PracticeSession, keys: str) -> str:
    """Press keys that do not end the session; the screen after them."""
    assert all(map(session.handle_key, keys))
    return draw(session)


def read_kinds(history: History) -> list[str]:
    return [event.kind for event in history.read_events()]


def test_first_screen_is_the_prompt(session: PracticeSession, drill: Drill) -> None:
    """Progress and title above it, the keys below it; the start is there and is not judged."""
    lines = draw(session).splitlines()
    assert f"0 of {len(session.drills)} solved" in lines[0]
    assert drill.title in lines[1]
    assert f"level {drill.level} of 3" in "\n".join(lines)
    assert lines[-1].rstrip() == "n next  p task  h hint  v repro  a answers  l list  s solution  r reset  q quit"
    assert session.answer.read_bytes() == drill.start.read_bytes()
    assert not session.has_new_save()


def test_answer_from_before_is_judged_at_once(drill: Drill, history: History, tmp_path: Path) -> None:
    """It counts as a save, once."""
    (tmp_path / "causal_mask.py").write_text("mine = 1\n")
    session = PracticeSession(load_catalog(), drill, ToldJudge(), history)
    assert [session.has_new_save(), session.has_new_save()] == [True, False]


def test_each_kind_of_save_is_noticed_once(session: PracticeSession) -> None:
    """Written in place, replaced, or gone for a while; a file that is empty or missing is a save half done."""
    session.answer.write_text("mine = 1\n")
    assert [session.has_new_save(), session.has_new_save()] == [True, False]
    session.answer.unlink()
    assert not session.has_new_save()
    session.answer.touch()
    assert not session.has_new_save()
    (session.answer.parent / "new").write_text("mine = 2\n")
    (session.answer.parent / "new").rename(session.answer)
    assert [session.has_new_save(), session.has_new_save()] == [True, False]


def test_passed_verdict_shows_what_comes_next(session: PracticeSession, history: History) -> None:
    """The follow-ups and the key for the next drill; the attempt is recorded."""
    session.check_answer()
    shown = draw(session)
    for text in ("✓ complete  1 of 1 checks hold", "Follow-ups", "n: the next drill", "1 of "):
        assert text in shown
    assert read_kinds(history) == ["start", "attempt"]


def test_answers_come_one_at_a_time_once_the_drill_is_solved(session: PracticeSession, drill: Drill) -> None:
    """Each question can be answered aloud before its answer is seen."""
    answers = [" ".join(draw_alone(Markdown(follow_up.answer)).split()) for follow_up in drill.coach.follow_ups]

    def count_answers(shown: str) -> int:
        return sum(answer in " ".join(shown.split()) for answer in answers)

    assert "open when you solve this drill" in press(session, "a")
    session.check_answer()
    assert count_answers(draw(session)) == 0
    counts = [count_answers(press(session, "a")) for _ in answers]
    assert counts == list(range(1, len(answers) + 1))
    assert "Those were all." in press(session, "a")
    session.check_answer()  # an answer that was seen stays
    assert count_answers(draw(session)) == len(answers)


def test_failed_verdict_shows_no_follow_ups(session: PracticeSession) -> None:
    """Those would give the task away."""
    session.judge.outcome = FAILED  # type: ignore[attr-defined]
    session.check_answer()
    assert "It doesn't define build_mask." in draw(session)
    assert "Follow-ups" not in draw(session)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (JudgeError("The judge cannot start: no memory."), "The judge cannot start: no memory."),
        (PermissionError(13, "Permission denied"), "causal_mask.py cannot be read: Permission denied."),
    ],
)
def test_no_verdict_is_a_sentence_and_no_attempt(
    error: Exception, message: str, session: PracticeSession, history: History
) -> None:
    """The session goes on."""
    session.judge.outcome = error  # type: ignore[attr-defined]
    session.check_answer()
    assert message in " ".join(draw(session).split())
    assert read_kinds(history) == ["start"]


def test_answer_that_vanishes_while_it_is_judged_changes_nothing(session: PracticeSession) -> None:
    """An editor is between the two halves of a save: the screen stays as it is."""
    before = draw(session)
    session.answer.unlink()
    session.check_answer()
    assert draw(session) == before


def test_hints_come_one_at_a_time(session: PracticeSession, history: History) -> None:
    """Until there is none left, which is not recorded."""
    assert "Hint 2 of 3" not in press(session, "h")
    assert "h: one more" in press(session, "hh")
    assert "That was the last one." in press(session, "h")
    assert read_kinds(history) == ["start", "hint", "hint", "hint"]


@pytest.mark.parametrize(("key", "question"), [("s", "Give up, and see a solution?"), ("r", "Archive this answer")])
def test_what_cannot_be_undone_wants_the_key_twice(
    key: str, question: str, session: PracticeSession, history: History
) -> None:
    """Another key in between forgets the first."""
    assert question in press(session, key)
    assert question in press(session, "p" + key)
    assert read_kinds(history) == ["start"]


def test_second_s_gives_up_and_shows_a_solution(session: PracticeSession, history: History) -> None:
    """From then on one press is enough."""
    assert "A solution" in press(session, "ss")
    assert "A solution" in press(session, "ps")
    assert read_kinds(history) == ["start", "give up", "solution"]


def test_second_r_archives_the_answer(session: PracticeSession, drill: Drill, history: History) -> None:
    """The start that is put back is not judged."""
    session.answer.write_text("mine = 1\n")
    assert "Your answer is saved as" in press(session, "rr")
    (archived,) = (session.answer.parent / "archive").iterdir()
    assert archived.read_text() == "mine = 1\n"
    assert session.answer.read_bytes() == drill.start.read_bytes()
    assert not session.has_new_save()
    assert read_kinds(history) == ["start", "reset"]


def test_n_opens_the_next_unsolved_drill(session: PracticeSession, history: History) -> None:
    """It is started then, and not before."""
    position = session.drills.index(session.drill)
    history.add_event(session.drills[position + 1].name, "attempt", passed=True)
    shown = press(session, "n")
    assert session.drill == session.drills[position + 2]
    assert session.drill.title in shown
    assert session.answer.read_bytes() == session.drill.start.read_bytes()


def test_p_and_l_show_prompt_and_list(session: PracticeSession) -> None:
    """Any other key changes nothing."""
    listed = press(session, "l")
    assert "k_means" in listed
    assert press(session, "x") == listed
    assert f"level {session.drill.level} of 3" in press(session, "p")


def test_q_ends(session: PracticeSession) -> None:
    """And only q."""
    assert not session.handle_key("q")


def test_work_that_cannot_be_written_does_not_end_the_session(
    session: PracticeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The screen says why; the next drill is opened once there is room."""

    def fail(_: Drill) -> bool:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as full_disk:
        full_disk.setattr(workspace, "write_start", fail)
        assert "cannot be written: No space left on device." in " ".join(press(session, "n").split())
    assert "level" in press(session, "n")
