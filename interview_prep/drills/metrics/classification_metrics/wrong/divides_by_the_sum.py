"""Guard P + R as well: where both are 0, F1 is 0 and not NaN."""

import numpy as np


def precision_recall_f1(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    true = np.bincount(truth, minlength=classes)
    said = np.bincount(predicted, minlength=classes)
    both = np.bincount(truth[truth == predicted], minlength=classes)
    above, below = np.stack([both, both], axis=1), np.stack([said, true], axis=1)
    values = np.divide(above, below, out=np.zeros(above.shape), where=below > 0)
    return np.column_stack([values, 2 * values.prod(axis=1) / values.sum(axis=1)])


def roc_auc(truth: np.ndarray, scores: np.ndarray) -> float:
    positive = truth.astype(bool)
    p, n = positive.sum(), (~positive).sum()
    if not p or not n:
        raise ValueError(f"{p} positives and {n} negatives: it takes both")
    _, group, size = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (size.cumsum() - (size - 1) / 2)[group]
    return float((rank[positive].sum() - p * (p + 1) / 2) / (p * n))
