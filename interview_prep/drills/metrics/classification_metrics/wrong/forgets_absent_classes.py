"""Give bincount a minlength: classes above the largest id that occurs need a row too."""

import numpy as np


def precision_recall_f1(
    truth: np.ndarray,
    predicted: np.ndarray,
    classes: int,  # noqa: ARG001, the mistake
) -> np.ndarray:
    matrix = np.zeros((max(truth.max(), predicted.max()) + 1,) * 2, dtype=int)
    np.add.at(matrix, (truth, predicted), 1)
    true, said, both = matrix.sum(axis=1), matrix.sum(axis=0), matrix.diagonal()
    above = np.stack([both, both, 2 * both], axis=1)
    below = np.stack([said, true, said + true], axis=1)
    return np.divide(above, below, out=np.zeros(above.shape), where=below > 0)


def roc_auc(truth: np.ndarray, scores: np.ndarray) -> float:
    positive = truth.astype(bool)
    p, n = positive.sum(), (~positive).sum()
    if not p or not n:
        raise ValueError(f"{p} positives and {n} negatives: it takes both")
    _, group, size = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (size.cumsum() - (size - 1) / 2)[group]
    return float((rank[positive].sum() - p * (p + 1) / 2) / (p * n))
