"""Precision, recall and F1 of each class, and the area under the ROC curve. No averages, no sample weights."""

import numpy as np


def precision_recall_f1(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Class ids (N,), (N,) -> (classes, 3), float64: precision, recall and F1 of each class; 0/0 is 0."""
    true = np.bincount(truth, minlength=classes)
    said = np.bincount(predicted, minlength=classes)
    both = np.bincount(truth[truth == predicted], minlength=classes)
    above = np.stack([both, both, 2 * both], axis=1)  # (classes, 3)
    below = np.stack([said, true, said + true], axis=1)
    return np.divide(above, below, out=np.zeros(above.shape), where=below > 0)


def roc_auc(truth: np.ndarray, scores: np.ndarray) -> float:
    """0 and 1 (N,), scores (N,) -> share of pairs in order; ties count half. ValueError if a class is missing."""
    positive = truth.astype(bool)
    p, n = positive.sum(), (~positive).sum()
    if not p or not n:
        raise ValueError(f"{p} positives and {n} negatives: it takes both")
    _, group, size = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (size.cumsum() - (size - 1) / 2)[group]  # ties share the mean of their ranks
    return float((rank[positive].sum() - p * (p + 1) / 2) / (p * n))
