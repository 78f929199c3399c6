"""Select rows by a mask or iloc: loc takes every row that has the label."""

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


def out_of_fold(pipeline: Pipeline, features: pd.DataFrame, target: pd.Series, folds: np.ndarray) -> np.ndarray:
    predictions = np.empty(len(features))
    for fold in np.unique(folds):
        held_out = features.index[folds == fold]
        fitted = clone(pipeline).fit(features.drop(held_out), target.drop(held_out))
        predictions[folds == fold] = fitted.predict(features[folds == fold])
    return predictions
