"""Fit a copy for each fold on the other rows: this model has seen every row that it predicts."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def build(numeric: list[str], categorical: list[str], model: BaseEstimator) -> Pipeline:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    names = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    prepare = ColumnTransformer([("numbers", numbers, numeric), ("names", names, categorical)])
    return Pipeline([("prepare", prepare), ("model", model)])


def out_of_fold(
    pipeline: Pipeline,
    features: pd.DataFrame,
    target: pd.Series,
    folds: np.ndarray,  # noqa: ARG001, the mistake
) -> np.ndarray:
    return clone(pipeline).fit(features, target).predict(features)
