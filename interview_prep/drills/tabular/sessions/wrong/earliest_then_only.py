"""Filter the later events before you take the minimum: the earliest of all may be too early."""

import pandas as pd


def sessions(events: pd.DataFrame, gap: pd.Timedelta) -> pd.DataFrame:
    ordered = events.sort_values(["user", "time"])
    pause = ordered.groupby("user")["time"].diff()
    number = (pause.isna() | (pause > gap)).cumsum().to_numpy()
    runs = ordered.groupby(number)
    columns = {"user": runs["user"].first(), "start": runs["time"].min(), "end": runs["time"].max()}
    return pd.DataFrame({**columns, "events": runs.size()}).reset_index(drop=True)


def first_after(events: pd.DataFrame, first: str, then: str) -> pd.DataFrame:
    time, user = events["time"], events["user"]
    start = time.where(events["event"] == first).groupby(user).transform("min")
    later = time.where(events["event"] == then)
    table = pd.DataFrame({"user": user, "first": start, "then": later}).groupby("user").min()
    table["then"] = table["then"].where(table["then"] > table["first"])
    return table.dropna(subset="first").reset_index()
