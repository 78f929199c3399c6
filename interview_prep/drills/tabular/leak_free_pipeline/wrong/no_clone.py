"""Clone the pipeline for each fold: fitting the one that was passed changes the caller's."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
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
        held_out = folds == fold
        fitted = pipeline.fit(features[~held_out], target[~held_out])
        predictions[held_out] = fitted.predict(features[held_out])
    return predictions
