"""Sessions and conversions against loops over sorted lists, with the lines that run counted."""

import functools
import random
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import answer
import pandas as pd
import pytest
from answer import first_after, sessions
from pandas.testing import assert_frame_equal

START = pd.Timestamp("2026-03-01 10:00")
HALF_HOUR = pd.Timedelta("30min")
Row = tuple[Any, ...]


def at(minutes: float | None) -> pd.Timestamp:
    return pd.NaT if minutes is None else START + pd.Timedelta(minutes=minutes)


def log(*rows: Row) -> pd.DataFrame:
    """Events from user, minutes and, where it matters, the name."""
    full = [(*row, "view") if len(row) == 2 else row for row in rows]
    times = pd.DatetimeIndex([at(row[1]) for row in full])
    return pd.DataFrame({"user": [row[0] for row in full], "time": times, "event": [row[2] for row in full]})


def table(*rows: Row) -> pd.DataFrame:
    """Sessions from user, start and end in minutes, and number of events."""
    users, starts, ends, counts = zip(*rows, strict=True)
    times = {"start": pd.DatetimeIndex(map(at, starts)), "end": pd.DatetimeIndex(map(at, ends))}
    return pd.DataFrame({"user": users, **times, "events": counts})


def reached(*rows: Row) -> pd.DataFrame:
    """What first_after returns, from user and two times in minutes, with None for NaT."""
    users, firsts, thens = zip(*rows, strict=True)
    return pd.DataFrame(
        {"user": users, "first": pd.DatetimeIndex(map(at, firsts)), "then": pd.DatetimeIndex(map(at, thens))}
    )


def random_rows(seed: int) -> list[Row]:
    """Events of three users over five hours, on whole minutes."""
    draw = random.Random(seed)  # noqa: S311, no secret
    return [(draw.choice("cab"), draw.randrange(0, 300, 5), draw.choice(["view", "buy"])) for _ in range(24)]


def sessions_by_loops(rows: list[Row], gap: float) -> list[Row]:
    """Slow and obvious: one event after the other."""
    found: list[list[Any]] = []
    for user, minutes, _ in sorted(rows):
        if found and found[-1][0] == user and minutes - found[-1][2] <= gap:
            found[-1][2:] = minutes, found[-1][3] + 1
        else:
            found.append([user, minutes, minutes, 1])
    return [tuple(each) for each in found]


def reached_by_loops(rows: list[Row], first: str, then: str) -> list[Row]:
    """Slow and obvious: one user after the other."""
    found = []
    for user in sorted({row[0] for row in rows if row[2] == first}):
        start = min(row[1] for row in rows if row[0] == user and row[2] == first)
        later = [row[1] for row in rows if row[0] == user and row[2] == then and row[1] > start]
        found.append((user, start, min(later) if later else None))
    return found


def lines_run(function: Callable[..., Any], *args: Any) -> tuple[int, Any]:
    """How many lines of the answer a call runs, and its result."""
    count, before = 0, sys.gettrace()

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename != answer.__file__:
            return None
        count += event == "line"
        return trace

    sys.settrace(trace)
    try:
        result = function(*args)
    finally:
        sys.settrace(before)
    return count, result


EXAMPLE = log(
    *[("bo", 0, "view"), ("al", 20, "view"), ("al", 50, "buy")],
    *[("bo", 1, "buy"), ("bo", 60, "view"), ("al", -60, "buy")],
)


TEN = log(  # users, each with a difficulty of its own
    *[("even", 0), ("odd", 1), ("even", 2), ("odd", 3), ("single", 42)],
    *[("exactly", 0), ("exactly", 30), ("exactly", 60), ("second", 0), ("second", 30 + 1 / 60)],
    *[("long", 0), ("long", 25), ("long", 50), ("long", 75)],
    *[("descending", 100), ("descending", 90), ("descending", 5), ("descending", 0)],
    *[("midnight", 825), ("midnight", 855)],  # 23:45 and 0:15
    *[("day", 0), ("day", 24 * 60 + 1), ("same", 7), ("same", 7), ("same", 7)],
)
SIX = log(
    *[("same", 5, "view"), ("same", 5, "buy"), ("same", 6, "buy"), ("earlier", 5, "view"), ("earlier", 0, "buy")],
    *[("never", 3, "view"), ("without", 0, "buy"), ("without", 9, "buy"), ("repeated", 8, "view")],
    *[("repeated", 2, "view"), ("repeated", 4, "buy"), ("both", 5, "view"), ("both", 0, "buy")],
    *[("both", 9, "buy"), ("both", 7, "buy")],
)
MANY = log(*((user, minutes, event) for user in range(60) for minutes, event in ((0, "view"), (90, "buy"))))
MANY["time"] = MANY["time"].dt.tz_localize("Asia/Tokyo")
TEN_BEFORE, SIX_BEFORE = TEN.copy(), SIX.copy()


def minutes(times: pd.Series) -> list[float | None]:
    return [None if pd.isna(time) else (time - START).total_seconds() / 60 for time in times]


@functools.cache
def ten_users() -> list[Row]:
    """User, start and end in minutes, and number of events of each session; one call for many checks."""
    got = sessions(TEN, HALF_HOUR)
    return list(zip(got["user"], minutes(got["start"]), minutes(got["end"]), got["events"], strict=True))


def spans(user: str) -> list[Row]:
    """Start and end of one user's sessions, in minutes."""
    return [row[1:3] for row in ten_users() if row[0] == user]


def counts(user: str) -> list[int]:
    """The numbers of events of one user's sessions."""
    return [row[3] for row in ten_users() if row[0] == user]


@functools.cache
def many_users() -> tuple[int, pd.DataFrame]:
    """The lines that run for sixty users with integer ids, and their sessions."""
    return lines_run(sessions, MANY, HALF_HOUR)


@functools.cache
def conversions() -> dict[str, Row]:
    """The two times of each user, in minutes; one call for many checks."""
    got = first_after(SIX, "view", "buy")
    return dict(zip(got["user"], zip(minutes(got["first"]), minutes(got["then"]), strict=True), strict=True))


def test_example_sessions() -> None:
    """Matches the sessions in the prompt."""
    expected = table(("al", -60, -60, 1), ("al", 20, 50, 2), ("bo", 0, 1, 2), ("bo", 60, 60, 1))
    assert_frame_equal(sessions(EXAMPLE.copy(), HALF_HOUR), expected, check_dtype=False)


def test_example_first_after() -> None:
    """Matches the prompt's second example."""
    expected = reached(("al", -60, 20), ("bo", 1, 60))
    assert_frame_equal(first_after(EXAMPLE.copy(), "buy", "view"), expected, check_dtype=False, check_names=False)


def test_sessions() -> None:
    """Matches a loop over the sorted events, whatever the index."""
    rows = random_rows(1)
    expected = table(*sessions_by_loops(rows, 30))
    assert_frame_equal(sessions(log(*rows).set_axis([5, 0] * 12), HALF_HOUR), expected, check_dtype=False)


def test_exactly_the_gap() -> None:
    """Keeps an event that comes exactly gap later in the session."""
    assert spans("exactly") == [(0, 60)]


def test_a_second_more_than_the_gap() -> None:
    """Begins a session one second after the gap."""
    assert spans("second") == [(0, 0), (30 + 1 / 60, 30 + 1 / 60)]


def test_long_session() -> None:
    """Measures from the previous event, not from the session's start."""
    assert spans("long") == [(0, 75)]


def test_users_are_apart() -> None:
    """Keeps two users apart when their events alternate."""
    assert [spans("odd"), spans("even")] == [[(1, 3)], [(0, 2)]]


def test_descending_times() -> None:
    """Sorts by time first."""
    assert spans("descending") == [(0, 5), (90, 100)]


def test_midnight() -> None:
    """Continues a session past midnight."""
    assert spans("midnight") == [(825, 855)]


def test_pause_of_a_day() -> None:
    """Begins a session after a day and a minute: days count too."""
    assert spans("day") == [(0, 0), (1441, 1441)]


def test_same_time() -> None:
    """Counts every event that has the same time."""
    assert counts("same") == [3]


def test_single_event() -> None:
    """Ends a single-event session when it starts."""
    assert spans("single") == [(42, 42)]


def test_counts() -> None:
    """Counts the events of each session."""
    assert [counts("single"), counts("long"), counts("descending")] == [[1], [4], [2, 2]]


def test_integer_users_and_time_zone() -> None:
    """Accepts integer users, in numeric order, and times with a time zone."""
    _, got = many_users()
    assert [*got["user"][16:20], got["start"][19]] == [8, 8, 9, 9, MANY["time"][1]]


@pytest.mark.edge
def test_no_sessions() -> None:
    """Returns the columns and no rows for an empty log."""
    got = sessions(TEN.iloc[:0], HALF_HOUR)
    assert (list(got.columns), len(got)) == (["user", "start", "end", "events"], 0)


def test_first_after() -> None:
    """Matches a loop over the users, whatever the index."""
    rows = random_rows(4)
    expected = reached(*reached_by_loops(rows, "buy", "view"))
    assert_frame_equal(
        first_after(log(*rows).set_axis([5, 0] * 12), "buy", "view"), expected, check_dtype=False, check_names=False
    )


def test_never() -> None:
    """Keeps a user who never gets there, with NaT."""
    assert conversions()["never"] == (3, None)


def test_only_earlier() -> None:
    """Returns NaT when the second event only comes before the first."""
    assert conversions()["earlier"] == (5, None)


def test_earlier_and_later() -> None:
    """Finds the later event of a user who also has an earlier one."""
    assert conversions()["both"] == (5, 7)


def test_same_time_is_not_later() -> None:
    """Doesn't count an event at the very same time."""
    assert conversions()["same"] == (5, 6)


def test_earliest_first() -> None:
    """Starts at the user's earliest event of that name."""
    assert conversions()["repeated"] == (2, 4)


def test_users_without_first() -> None:
    """Leaves out a user who has no such event, and sorts the others."""
    assert list(conversions()) == ["both", "earlier", "never", "repeated", "same"]


def test_same_name() -> None:
    """Finds the second event when both have the same name."""
    got = first_after(log(("a", 4), ("a", 0), ("a", 0), ("a", 2), ("b", 3)), "view", "view")
    assert [minutes(got["first"]), minutes(got["then"])] == [[0, 3], [2, None]]


def test_exact_names() -> None:
    """Matches names exactly: no other capitalization, no longer names."""
    names = ["View", "viewed", "preview", "view", "Buy", "buying", "rebuy", "buy"]
    got = first_after(log(*(("a", minute, name) for minute, name in enumerate(names))), "view", "buy")
    assert [minutes(got["first"]), minutes(got["then"])] == [[3], [7]]


@pytest.mark.edge
def test_a_millisecond_later() -> None:
    """Counts an event one millisecond later as later."""
    events = log(("a", 0, "view"), ("a", 0, "buy"), ("a", 7, "buy"))
    events.loc[1, "time"] += pd.Timedelta("1ms")
    assert list(first_after(events, "view", "buy")["then"]) == [events["time"][1]]


@pytest.mark.edge
def test_a_millisecond_more_than_the_gap() -> None:
    """Begins a session one millisecond after the gap."""
    events = log(("a", 0), ("a", 30), ("a", 60))
    events.loc[2, "time"] += pd.Timedelta("1ms")
    assert list(sessions(events, HALF_HOUR)["events"]) == [2, 1]


@pytest.mark.edge
def test_nobody() -> None:
    """Returns the columns and no rows when nobody has the first event."""
    got = first_after(SIX.iloc[[1, 2]], "view", "buy")
    assert (list(got.columns), len(got)) == (["user", "first", "then"], 0)


def test_no_loop_in_sessions() -> None:
    """Runs fewer lines than the log has users."""
    lines, _ = many_users()
    assert lines < 60


def test_no_loop_in_first_after() -> None:
    """Runs fewer lines than the log has users here too."""
    lines, _ = lines_run(first_after, MANY, "view", "buy")
    assert lines < 60


@pytest.mark.edge
def test_sessions_leaves_the_log() -> None:
    """Doesn't modify the log."""
    ten_users()
    assert_frame_equal(TEN, TEN_BEFORE)


@pytest.mark.edge
def test_first_after_leaves_the_log() -> None:
    """Doesn't modify the log here either."""
    conversions()
    assert_frame_equal(SIX, SIX_BEFORE)
