"""shift instead of diff, one running session id over all users, map for the first times."""

import pandas as pd


def sessions(events: pd.DataFrame, gap: pd.Timedelta) -> pd.DataFrame:
    e = events.sort_values(["user", "time"]).reset_index(drop=True)
    previous = e["time"].shift()
    starts = (e["user"] != e["user"].shift()) | (e["time"] - previous > gap)
    grouped = e.groupby(starts.cumsum())
    result = grouped.agg(user=("user", "first"), start=("time", "first"), end=("time", "last"), events=("time", "size"))
    return result.reset_index(drop=True)


def first_after(events: pd.DataFrame, first: str, then: str) -> pd.DataFrame:
    first_time = events.loc[events["event"].eq(first)].groupby("user")["time"].min()
    candidates = events.loc[events["event"].eq(then)]
    candidates = candidates[candidates["time"] > candidates["user"].map(first_time)]
    then_time = candidates.groupby("user")["time"].min()
    return pd.DataFrame({"first": first_time, "then": then_time.reindex(first_time.index)}).reset_index()
