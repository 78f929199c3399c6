"""Use ranks: a matrix of all pairs takes O(N²) time and memory."""

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
    above, below = scores[positive][:, None], scores[~positive]
    return float((above > below).mean() + (above == below).mean() / 2)
