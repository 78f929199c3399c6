"""How far a person is follows from the events alone."""

from pathlib import Path

from interview_prep.catalog.drill import Drill
from interview_prep.catalog.find import load_catalog
from interview_prep.practice.history import Event, History, Kind
from interview_prep.practice.progress import State, find_next_unsolved, read_state, replay


def make_event(at: float, kind: Kind, *, passed: bool | None = None, complete: bool | None = None) -> Event:
    """An event without details."""
    return Event(at, "rope", kind, passed, complete, "{}")


SOLVED = [
    make_event(1, "start"),
    make_event(2, "attempt", passed=False, complete=False),
    make_event(3, "hint"),
    make_event(4, "attempt", passed=True, complete=False),
]
COMPLETE = [*SOLVED, make_event(5, "attempt", passed=True, complete=True)]


def test_attempts_and_hints_are_counted() -> None:
    """From the start on; one attempt that passes makes the drill solved."""
    assert replay(SOLVED) == {"rope": State(started_at=1, attempts=2, hints=1, solved=True)}


def test_reset_forgets_attempts_but_not_that_a_drill_was_solved() -> None:
    """It also starts the clock again."""
    assert replay([*SOLVED, make_event(5, "reset")])["rope"] == State(started_at=5, solved=True)


def test_label_says_the_most_that_was_reached() -> None:
    """Giving up is remembered until the drill is solved; a worse answer later takes nothing away."""
    given_up = [make_event(1, "start"), make_event(2, "give up")]
    histories = (given_up[:1], given_up, [*given_up, *SOLVED], [*given_up, *COMPLETE], [*COMPLETE, *SOLVED])
    labels = [replay(events)["rope"].label for events in histories]
    assert labels == ["started", "gave up", "solved", "complete", "complete"]
    assert State().label == ""


def test_drill_without_events_is_new(drill: Drill, tmp_path: Path) -> None:
    """Its state is the empty one."""
    with History(tmp_path / "history.sqlite3") as history:
        assert read_state(drill, history) == State()


def test_next_unsolved_goes_on_behind_the_drill_and_around_the_end(tmp_path: Path) -> None:
    """Solved drills are skipped; where all are solved it is the next one."""
    first, second, third = load_catalog()[:3]
    drills = [first, second, third]
    with History(tmp_path / "history.sqlite3") as history:
        history.add_event(first.name, "attempt", passed=True)
        assert find_next_unsolved(drills, history) == second
        assert find_next_unsolved(drills, history, after=second) == third
        assert find_next_unsolved(drills, history, after=third) == second
        for drill in (second, third):
            history.add_event(drill.name, "attempt", passed=True)
        assert find_next_unsolved(drills, history, after=third) == first
