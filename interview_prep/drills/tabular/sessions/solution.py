"""Sessions and conversions from a log of events, without a loop."""

import pandas as pd


def sessions(events: pd.DataFrame, gap: pd.Timedelta) -> pd.DataFrame:
    """Columns user, time, event -> one row per session: user, start, end, events; by user and start; index from 0."""
    ordered = events.sort_values(["user", "time"])
    pause = ordered.groupby("user")["time"].diff()  # NaT at each user's first event
    number = (pause.isna() | (pause > gap)).cumsum().to_numpy()  # across all users; the index may hold duplicates
    runs = ordered.groupby(number)
    columns = {"user": runs["user"].first(), "start": runs["time"].min(), "end": runs["time"].max()}
    return pd.DataFrame({**columns, "events": runs.size()}).reset_index(drop=True)


def first_after(events: pd.DataFrame, first: str, then: str) -> pd.DataFrame:
    """Columns user, time, event -> one row per user with `first`: user, first, then (NaT if never); index from 0."""
    time, user = events["time"], events["user"]
    start = time.where(events["event"] == first).groupby(user).transform("min")  # NaT for a user without `first`
    later = time.where((events["event"] == then) & (time > start))  # > NaT is False
    table = pd.DataFrame({"user": user, "first": start, "then": later}).groupby("user").min()
    return table.dropna(subset="first").reset_index()
