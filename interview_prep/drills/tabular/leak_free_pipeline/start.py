"""A preprocessing pipeline for a mixed table, and out-of-fold predictions."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline


def build(numeric: list[str], categorical: list[str], model: BaseEstimator) -> Pipeline:
    """Column names and an estimator -> an unfitted pipeline: impute and scale, impute and one-hot, then the model."""
    raise NotImplementedError


def out_of_fold(pipeline: Pipeline, features: pd.DataFrame, target: pd.Series, folds: np.ndarray) -> np.ndarray:
    """Each row's fold (N,) -> each row's prediction (N,), from a copy fitted on the rows of all other folds."""
    raise NotImplementedError
