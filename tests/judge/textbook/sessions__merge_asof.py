"""merge_asof forward without exact matches for the next event; drop_duplicates for the earliest."""

import pandas as pd


def sessions(events: pd.DataFrame, gap: pd.Timedelta) -> pd.DataFrame:
    df = events.sort_values(["user", "time"], ignore_index=True)
    df["sid"] = (df.groupby("user")["time"].diff().gt(gap) | df["user"].ne(df["user"].shift())).cumsum()
    out = df.groupby("sid", as_index=False).agg(
        user=("user", "first"), start=("time", "min"), end=("time", "max"), events=("event", "count")
    )
    return out[["user", "start", "end", "events"]]


def first_after(events: pd.DataFrame, first: str, then: str) -> pd.DataFrame:
    ordered = events.sort_values("time", ignore_index=True)
    left = ordered.loc[ordered["event"] == first, ["user", "time"]].drop_duplicates("user")
    right = ordered.loc[ordered["event"] == then, ["user", "time"]].rename(columns={"time": "then"})
    merged = pd.merge_asof(
        left.rename(columns={"time": "first"}),
        right,
        left_on="first",
        right_on="then",
        by="user",
        direction="forward",
        allow_exact_matches=False,
    )
    return merged.sort_values("user", ignore_index=True)[["user", "first", "then"]]
