"""Eight figures to draw from memory, one function each, on real data. No seaborn, no animation, no widgets."""

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from sklearn import datasets, linear_model, manifold, metrics, neural_network
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import cross_val_predict
from threadpoolctl import threadpool_limits

HERE = Path(globals().get("__file__", "notebook")).resolve()  # a notebook has no __file__, but starts in this folder
BLUE, ORANGE, GREY = "#0b4f8a", "#e69f00", "#767676"  # apart for colour-blind eyes, and in lightness on a grey print
plt.rcParams.update({"font.size": 12, "savefig.dpi": 150, "figure.constrained_layout.use": True})
if not str(mpl.get_backend(auto_select=False)).startswith("module://"):  # a notebook has chosen its own
    mpl.use("agg")  # files need no window, and MPLBACKEND may ask for one where there is no display


def loss_curves(train: np.ndarray, val: np.ndarray) -> plt.Figure:
    """Loss by epoch on a log scale, and the epoch to keep."""
    fig, ax = plt.subplots()
    epochs, best = np.arange(1, len(train) + 1), np.argmin(val)
    ax.plot(epochs, train, color=BLUE, label="train")
    ax.plot(epochs, val, color=ORANGE, linestyle="--", label="validation")
    ax.plot(epochs[best], val[best], "o", color="black", label=f"best: epoch {epochs[best]}")
    ax.set(title="Loss curves", xlabel="epoch", ylabel="cross-entropy", yscale="log")
    ax.legend()
    return fig


def heatmap(ax: plt.Axes, values: np.ndarray, names: list, texts=(), **style) -> mpl.image.AxesImage:
    for (row, column), text in np.ndenumerate(texts):
        ax.text(column, row, text, ha="center", va="center", color="w" if abs(values[row, column]) > 0.6 else "k")
    ax.set(xticks=range(len(names)), yticks=range(len(names)), xticklabels=names, yticklabels=names)
    return ax.imshow(values, **style)


def confusion_matrix(y_true: np.ndarray, y_pred: np.ndarray) -> plt.Figure:
    """Counts, shaded by their share of the true class."""
    fig, ax = plt.subplots(figsize=(6, 6))
    counts = metrics.confusion_matrix(y_true, y_pred)  # (C, C), row: true, column: predicted
    shares = counts / counts.sum(axis=1, keepdims=True)
    heatmap(ax, shares, np.union1d(y_true, y_pred), counts, cmap="Blues", vmin=0, vmax=1)
    ax.set(title=f"Confusion matrix, accuracy {np.mean(y_true == y_pred):.3f}", xlabel="predicted", ylabel="true")
    return fig


def roc_and_pr(y_true: np.ndarray, scores: np.ndarray) -> plt.Figure:
    """Side by side: with few positives, ROC looks good long before precision does."""
    fig, (roc, pr) = plt.subplots(1, 2, figsize=(9.6, 5))
    auc, ap = metrics.roc_auc_score(y_true, scores), metrics.average_precision_score(y_true, scores)
    roc.plot(*metrics.roc_curve(y_true, scores)[:2], color=BLUE, label=f"model, AUC {auc:.3f}")
    roc.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="chance, AUC 0.500")
    roc.set(title="ROC", xlabel="false positive rate", ylabel="true positive rate (recall)")
    precision, recall, _ = metrics.precision_recall_curve(y_true, scores)
    pr.step(recall, precision, where="post", color=BLUE, label=f"model, AP {ap:.3f}")  # straight lines would flatter
    pr.axhline(y_true.mean(), color=GREY, linestyle=":", label=f"chance, AP {y_true.mean():.3f}")
    pr.set(title="Precision and recall", xlabel="recall", ylabel="precision", ylim=roc.get_ylim())
    roc.legend(loc="lower right")
    pr.legend(loc="center left")
    return fig


def histograms_by_class(x: np.ndarray, y: np.ndarray, names: list[str], classes: list[str]) -> plt.Figure:
    """A panel a feature, two classes over each other in the same bins."""
    fig, axes = plt.subplots(2, 2, figsize=(8, 6))
    for ax, column, name in zip(axes.flat, x.T, names, strict=True):
        bins = np.histogram_bin_edges(column, bins=25)
        ax.hist(column[y == 0], bins, density=True, color=ORANGE, label=classes[0])
        ax.hist(column[y == 1], bins, density=True, color=BLUE, label=classes[1], histtype="step", linewidth=2)
        ax.set(xlabel=name, ylabel="density")
    axes.flat[0].legend()
    return fig


def correlation(x: np.ndarray, names: list[str]) -> plt.Figure:
    """Pearson correlations, written in: a grey print shows no sign."""
    fig, ax = plt.subplots(figsize=(7.6, 6))
    r = np.corrcoef(x, rowvar=False)  # (F, F)
    fig.colorbar(heatmap(ax, r, names, np.char.mod("%.1f", r), cmap="PuOr", vmin=-1, vmax=1), label="Pearson's r")
    ax.set(title="Correlation", xlabel="feature", ylabel="feature")
    return fig


def residuals(y_true: np.ndarray, y_pred: np.ndarray) -> plt.Figure:
    """Against the prediction: a trend says a feature is missing, a funnel that the noise is uneven."""
    fig, ax = plt.subplots()
    error, sd = y_true - y_pred, np.std(y_true - y_pred)
    ax.axhspan(-sd, sd, color=ORANGE, alpha=0.35, label=f"± one sd, {sd:.0f}")
    ax.axhline(0, color="black", linewidth=1)
    ax.scatter(y_pred, error, s=14, color=BLUE)
    ax.set(title=f"Residuals, R² {metrics.r2_score(y_true, y_pred):.2f}", xlabel="predicted", ylabel="true - predicted")
    ax.legend(loc="lower left")
    return fig


def embedding(points: np.ndarray, labels: np.ndarray) -> plt.Figure:
    """Points (N, 2), each drawn as its label: ten classes need no ten colours."""
    fig, ax = plt.subplots(figsize=(7, 6))
    for label, color in zip(np.unique(labels), [BLUE, ORANGE, "black"] * len(labels), strict=False):
        ax.scatter(*points[labels == label].T, s=80, color=color, marker=rf"$\mathbf{{{label}}}$", linewidth=0.3)
    ax.set(title="Embedding in two dimensions", xlabel="component 1", ylabel="component 2")
    return fig


def attention_map(weights: np.ndarray, tokens: list) -> plt.Figure:
    """Weights (T, T), a query a row, each row summing to 1; hatched where a mask made them exactly 0."""
    fig, ax = plt.subplots(figsize=(7.6, 6))
    ax.patch.set(hatch="///", edgecolor=GREY)
    fig.colorbar(heatmap(ax, np.where(weights > 0, weights, np.nan), tokens, cmap="Blues", vmin=0), label="weight")
    ax.set(title="Causal attention", xlabel="key (attended to)", ylabel="query (attending)")
    return fig


def loss_history(x: np.ndarray, y: np.ndarray, epochs: int) -> np.ndarray:
    """Losses (2, epochs) of a network on every ninth row, few enough to overfit, and on the rest for validation."""
    model, losses = neural_network.MLPClassifier(64, learning_rate_init=0.01, batch_size=32, random_state=0), []
    train = np.arange(len(y)) % 9 == 0  # (N,)
    for _ in range(epochs):
        model.partial_fit(x[train], y[train], classes=np.unique(y))
        losses.append([metrics.log_loss(y[rows], model.predict_proba(x[rows])) for rows in (train, ~train)])
    return np.transpose(losses)


@threadpool_limits.wrap(limits=1)  # on a busy machine, threads wait for each other at every small matrix
def main(argument: str = "") -> None:
    folder = HERE.parents[3] / "work/figures" if argument[:1] in ("", "-") else Path(argument)  # -f: in a notebook
    folder.mkdir(parents=True, exist_ok=True)
    x, y = datasets.load_digits(return_X_y=True)  # (1797, 64), (1797,)
    cancer, diabetes, lda = datasets.load_breast_cancer(), datasets.load_diabetes(), LinearDiscriminantAnalysis()
    four, few = [0, 1, 4, 7], np.flatnonzero(y[:50] < 4)[:12]  # columns of cancer, rows of digits
    masked = np.tri(12) * np.exp(3 * metrics.pairwise.cosine_similarity(lda.fit(x[50:], y[50:]).transform(x[few])))
    for draw, *data in [
        (loss_curves, *loss_history(x / 16, y == 8, epochs=40)),
        (confusion_matrix, y, cross_val_predict(lda, x, y)),
        (roc_and_pr, y == 8, cross_val_predict(lda, x, y == 8, method="decision_function")),
        (histograms_by_class, cancer.data[:, four], cancer.target, cancer.feature_names[four], cancer.target_names),
        (correlation, diabetes.data, diabetes.feature_names),
        (residuals, diabetes.target, cross_val_predict(linear_model.RidgeCV(), diabetes.data, diabetes.target)),
        (embedding, manifold.TSNE(max_iter=500, random_state=0).fit_transform(x[:300]), y[:300]),
        (attention_map, masked / masked.sum(axis=1, keepdims=True), y[few]),
    ]:
        draw(*data).savefig(folder / f"{draw.__name__}.png")
        print(folder / f"{draw.__name__}.png")


if __name__ == "__main__":
    main(*sys.argv[1:2])
