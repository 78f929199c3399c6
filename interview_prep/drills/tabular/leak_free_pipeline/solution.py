"""A preprocessing pipeline for a mixed table, and out-of-fold predictions. No tuning, no groups."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def build(numeric: list[str], categorical: list[str], model: BaseEstimator) -> Pipeline:
    """Column names and an estimator -> an unfitted pipeline: impute and scale, impute and one-hot, then the model."""
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    names = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    prepare = ColumnTransformer([("numbers", numbers, numeric), ("names", names, categorical)])
    return Pipeline([("prepare", prepare), ("model", model)])


def out_of_fold(pipeline: Pipeline, features: pd.DataFrame, target: pd.Series, folds: np.ndarray) -> np.ndarray:
    """Each row's fold (N,) -> each row's prediction (N,), from a copy fitted on the rows of all other folds."""
    predictions = np.empty(len(features))
    for fold in np.unique(folds):
        held_out = folds == fold  # a mask, not labels: the index may hold duplicates
        fitted = clone(pipeline).fit(features[~held_out], target[~held_out])
        predictions[held_out] = fitted.predict(features[held_out])
    return predictions
