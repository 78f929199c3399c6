"""What can be done with a drill: start it, judge and record an answer, take a hint, see the solution, start again.

Every front end calls these and decides nothing itself. Prints nothing. Each raises HistoryError where the history
cannot be read or written.
"""

import contextlib
import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from interview_prep.catalog.drill import Drill
from interview_prep.judge.verdict import Verdict
from interview_prep.paths import read_work
from interview_prep.practice import workspace
from interview_prep.practice.history import History, HistoryError
from interview_prep.practice.progress import read_state
from interview_prep.practice.snippet import write_snippet

if TYPE_CHECKING:  # the module is slow to import, and most tasks judge nothing
    from interview_prep.judge.client import JudgeClient

NOT_IN_HISTORY = (
    "drill",
    "passed",
    "complete",
    "checks",
    "printed",
)  # of a verdict: columns of their own, or too long to keep


def open_history() -> History:
    """Open the person's events."""
    return History(read_work() / "history.sqlite3")


def start_drill(drill: Drill, history: History) -> bool:
    """Put the drill's start into work/ unless there is an answer, and record it; return whether it was put there.

    Raises WorkspaceError where work/ cannot be written.
    """
    was_put = workspace.put_start(drill)
    if was_put:
        history.add_event(drill.name, "start")
    return was_put


def judge_and_record(drill: Drill, path: Path, judge: "JudgeClient", history: History) -> tuple[Verdict, str]:
    """Judge an answer and record the attempt; return the verdict, and why it was not recorded, or "".

    Raises JudgeError where there is no verdict, and OSError where the answer cannot be read.
    """
    digest = hash_answer(path.read_bytes())
    verdict = judge.judge(drill, path)
    return verdict, record_or_explain(drill, verdict, digest, history)


def hash_answer(answer: bytes) -> str:
    """The sha256 by which the history recognizes an answer."""
    return hashlib.sha256(answer).hexdigest()


def record_or_explain(drill: Drill, verdict: Verdict, digest: str, history: History | None = None) -> str:
    """Record an attempt in `history`, or in the person's own; return a line that says why that failed, or "".

    A verdict is worth showing even where it cannot be recorded, so this does not raise HistoryError.
    """
    try:
        with contextlib.nullcontext(history) if history else open_history() as events:
            record_attempt(drill, verdict, digest, events)
    except HistoryError as error:
        return f"This verdict was not recorded: {error}"
    return ""


def record_attempt(drill: Drill, verdict: Verdict, digest: str, history: History) -> None:
    """Add an attempt to the history, with what the verdict says and what help the person had had by then."""
    state = read_state(drill, history)
    detail = {name: value for name, value in verdict.as_dict().items() if name not in NOT_IN_HISTORY}
    detail |= {
        "since_start": time.time() - state.started_at if state.started_at else 0,
        "hints": state.hints,
        "code": digest,
        "failed": [check.name for check in verdict.failed],
        "checks": len(verdict.checks),
    }
    history.add_event(drill.name, "attempt", passed=verdict.passed, complete=verdict.complete, **detail)


def take_hint(drill: Drill, history: History) -> bool:
    """Record that one more hint was seen; return False where there was none left."""
    has_more = read_state(drill, history).hints < len(drill.coach.hints)
    if has_more:
        history.add_event(drill.name, "hint")
    return has_more


def open_solution(drill: Drill, history: History, *, give_up: bool) -> bool:
    """Record that the solution was seen, or given up for; return whether the person may see it."""
    is_free = read_state(drill, history).may_see_answers
    if is_free or give_up:
        history.add_event(drill.name, "solution" if is_free else "give up")
    return is_free or give_up


def start_again(drill: Drill, history: History) -> Path | None:
    """Archive the answer, put the start back and record it; return where the answer went, None where there was none.

    Raises WorkspaceError where work/ cannot be written; the answer is then left as it was.
    """
    archived = workspace.archive_answer(drill)
    history.add_event(drill.name, "reset")
    return archived


def repeat_by_hand(drill: Drill, verdict: Verdict, answer: Path) -> str:
    """Python that repeats the first failed check by hand; "" where none has failed that can be."""
    return write_snippet(drill, verdict.failed[0], answer) if verdict.failed else ""
