"""Sessions and conversions from a log of events."""

import pandas as pd


def sessions(events: pd.DataFrame, gap: pd.Timedelta) -> pd.DataFrame:
    """Columns user, time, event -> one row per session: user, start, end, events; by user and start; index from 0."""
    raise NotImplementedError


def first_after(events: pd.DataFrame, first: str, then: str) -> pd.DataFrame:
    """Columns user, time, event -> one row per user with `first`: user, first, then (NaT if never); index from 0."""
    raise NotImplementedError
