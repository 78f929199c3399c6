"""scikit-learn's documented mixed-types example, and a loop over np.unique of the folds with clone."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def build(numeric: list[str], categorical: list[str], model: BaseEstimator) -> Pipeline:
    numeric_transformer = Pipeline([("imputer", SimpleImputer(strategy="median")), ("scaler", StandardScaler())])
    categorical_transformer = Pipeline(
        [
            ("imputer", SimpleImputer(strategy="most_frequent")),
            ("onehot", OneHotEncoder(handle_unknown="ignore")),
        ]
    )
    preprocessor = ColumnTransformer(
        [("num", numeric_transformer, numeric), ("cat", categorical_transformer, categorical)]
    )
    return Pipeline([("preprocessor", preprocessor), ("model", model)])


def out_of_fold(pipeline: Pipeline, features: pd.DataFrame, target: pd.Series, folds: np.ndarray) -> np.ndarray:
    predictions = np.zeros(len(features))
    for fold in np.unique(folds):
        test = folds == fold
        fitted = clone(pipeline).fit(features[~test], target[~test])
        predictions[test] = fitted.predict(features[test])
    return predictions
