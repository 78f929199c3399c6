"""Use the order of the scores: a threshold at 0.5 gives one point of the curve, not its area."""

import numpy as np


def precision_recall_f1(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    true = np.bincount(truth, minlength=classes)
    said = np.bincount(predicted, minlength=classes)
    both = np.bincount(truth[truth == predicted], minlength=classes)
    above = np.stack([both, both, 2 * both], axis=1)
    below = np.stack([said, true, said + true], axis=1)
    return np.divide(above, below, out=np.zeros(above.shape), where=below > 0)


def roc_auc(truth: np.ndarray, scores: np.ndarray) -> float:
    positive = truth.astype(bool)
    p, n = positive.sum(), (~positive).sum()
    if not p or not n:
        raise ValueError(f"{p} positives and {n} negatives: it takes both")
    said = scores >= 0.5
    return float((said[positive].mean() + 1 - said[~positive].mean()) / 2)
