"""The pandas cookbook: sort, diff a group, cumsum of the breaks, groupby and named aggregation."""

import pandas as pd


def sessions(events: pd.DataFrame, gap: pd.Timedelta) -> pd.DataFrame:
    df = events.sort_values(["user", "time"])
    new_session = df.groupby("user")["time"].diff() > gap
    df["session"] = new_session.groupby(df["user"]).cumsum()
    return (
        df.groupby(["user", "session"])
        .agg(start=("time", "min"), end=("time", "max"), events=("event", "size"))
        .reset_index()
        .drop(columns="session")
    )


def first_after(events: pd.DataFrame, first: str, then: str) -> pd.DataFrame:
    firsts = events[events["event"] == first].groupby("user", as_index=False)["time"].min()
    firsts = firsts.rename(columns={"time": "first"})
    later = events[events["event"] == then][["user", "time"]].merge(firsts, on="user")
    later = later[later["time"] > later["first"]]
    thens = later.groupby("user")["time"].min().rename("then").reset_index()
    return firsts.merge(thens, on="user", how="left")
