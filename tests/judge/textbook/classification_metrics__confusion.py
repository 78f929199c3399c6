"""A confusion matrix by bincount; AUC as the area under the ROC curve, thresholds where the score changes."""

import numpy as np


def precision_recall_f1(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    cm = np.bincount(truth.astype(int) * classes + predicted.astype(int), minlength=classes**2)
    cm = cm.reshape(classes, classes)
    tp = np.diag(cm).astype(float)
    predicted_count, true_count = cm.sum(axis=0), cm.sum(axis=1)
    precision = np.divide(tp, predicted_count, out=np.zeros(classes), where=predicted_count > 0)
    recall = np.divide(tp, true_count, out=np.zeros(classes), where=true_count > 0)
    total = precision + recall
    f1 = np.divide(2 * precision * recall, total, out=np.zeros(classes), where=total > 0)
    return np.stack([precision, recall, f1], axis=1)


def roc_auc(truth: np.ndarray, scores: np.ndarray) -> float:
    order = np.argsort(-scores, kind="mergesort")
    y, s = truth[order].astype(int), scores[order]
    if y.sum() == 0 or y.sum() == len(y):
        raise ValueError("roc_auc needs positives and negatives")
    threshold_idx = np.r_[np.where(np.diff(s))[0], len(y) - 1]
    tps = np.r_[0, np.cumsum(y)[threshold_idx]]
    fps = np.r_[0, (1 + threshold_idx) - tps[1:]]
    return float(np.trapezoid(tps / tps[-1], fps / fps[-1]))
