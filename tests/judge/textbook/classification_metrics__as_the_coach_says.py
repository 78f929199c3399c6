"""As hint 2 recommends: F1 as twice the hits by the sum of both counts, division where there is something."""

import numpy as np


def precision_recall_f1(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    both = np.bincount(truth[truth == predicted], minlength=classes)
    true, pred = np.bincount(truth, minlength=classes), np.bincount(predicted, minlength=classes)
    div = lambda a, b: np.divide(a, b, out=np.zeros(classes), where=b > 0)
    return np.stack([div(both, pred), div(both, true), div(2 * both, true + pred)], axis=1)


def roc_auc(truth: np.ndarray, scores: np.ndarray) -> float:
    positive = truth == 1
    p, m = positive.sum(), (~positive).sum()
    if not p or not m:
        raise ValueError
    _, group, size = np.unique(scores, return_inverse=True, return_counts=True)
    last = size.cumsum()
    rank = (last - (size - 1) / 2)[group]
    return float((rank[positive].sum() - p * (p + 1) / 2) / (p * m))
