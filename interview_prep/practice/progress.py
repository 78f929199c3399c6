"""How far a person is with each drill, derived by replaying the events of the history. Stores nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interview_prep.catalog.drill import Drill
from interview_prep.practice.history import Event, History


@dataclass(frozen=True)
class State:
    """How far a person is with one drill."""

    started_at: float = 0  # when the current answer was started, in seconds since 1970; 0: not started
    attempts: int = 0
    hints: int = 0
    solved: bool = False  # the core held
    complete: bool = False  # everything held
    gave_up: bool = False

    @property
    def may_see_answers(self) -> bool:
        """Whether the solution and the answers to the follow-ups are open: after solving the drill, or giving it up."""
        return self.solved or self.gave_up

    @property
    def label(self) -> str:
        """One word or two for the catalog; "" for a drill that was never started."""
        labels = {"complete": self.complete, "solved": self.solved, "gave up": self.gave_up, "started": self.started_at}
        return next((label for label, reached in labels.items() if reached), "")


def replay(events: Iterable[Event]) -> dict[str, State]:
    """Derive each drill's state. Attempts and hints count from its last reset; what was reached stays for ever."""
    states: dict[str, State] = {}
    for event in events:
        before = states.get(event.drill, State())
        states[event.drill] = State(
            started_at=event.at if event.kind in ("start", "reset") else before.started_at or event.at,
            attempts=0 if event.kind == "reset" else before.attempts + (event.kind == "attempt"),
            hints=0 if event.kind == "reset" else before.hints + (event.kind == "hint"),
            solved=before.solved or bool(event.passed),
            complete=before.complete or bool(event.complete),
            gave_up=before.gave_up or event.kind == "give up",
        )
    return states


def read_states(history: History) -> dict[str, State]:
    """The state of every drill that has an event."""
    return replay(history.read_events())


def read_state(drill: Drill, history: History) -> State:
    """The state of one drill."""
    return replay(history.read_events(drill.name)).get(drill.name, State())


def find_next_unsolved(drills: Sequence[Drill], history: History, after: Drill | None = None) -> Drill:
    """The first drill that is not solved, searching from behind `after` and around the end; if all are, the first."""
    begin = drills.index(after) + 1 if after else 0
    states = read_states(history)
    in_order = [*drills[begin:], *drills[:begin]]
    return next((drill for drill in in_order if not states.get(drill.name, State()).solved), in_order[0])
