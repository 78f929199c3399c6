"""Standardise the numbers after you have filled them: the imputer does not scale."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder


def build(numeric: list[str], categorical: list[str], model: BaseEstimator) -> Pipeline:
    numbers = SimpleImputer(strategy="median")
    names = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    prepare = ColumnTransformer([("numbers", numbers, numeric), ("names", names, categorical)])
    return Pipeline([("prepare", prepare), ("model", model)])


def out_of_fold(pipeline: Pipeline, features: pd.DataFrame, target: pd.Series, folds: np.ndarray) -> np.ndarray:
    predictions = np.empty(len(features))
    for fold in np.unique(folds):
        held_out = folds == fold
        fitted = clone(pipeline).fit(features[~held_out], target[~held_out])
        predictions[held_out] = fitted.predict(features[held_out])
    return predictions
