"""Eight figures to draw from memory, on real data (only the attention weights are made up). Left out: seaborn."""

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
BLUE, ORANGE, GRAY = "#0b4f8a", "#e69f00", "#767676"  # distinct in grayscale and to color-blind readers
plt.rcParams.update({"font.size": 12, "image.cmap": "Blues", "savefig.dpi": 150, "figure.constrained_layout.use": True})
if not str(mpl.get_backend(auto_select=False)).startswith("module://"):  # a notebook has chosen its own
    mpl.use("agg")  # files need no window, and MPLBACKEND may ask for one where there's no display


def loss_curves(train: np.ndarray, val: np.ndarray) -> plt.Figure:
    """Keep the marked epoch: after it, the training loss still falls but the validation loss doesn't."""
    fig, ax = plt.subplots()
    epochs, best = np.arange(1, len(train) + 1), np.argmin(val)
    ax.plot(epochs, train, color=BLUE, label="train")
    ax.plot(epochs, val, color=ORANGE, linestyle="--", label="validation")
    ax.plot(epochs[best], val[best], "o", color="black", label=f"best: epoch {epochs[best]}")
    ax.set(title="Loss curves", xlabel="epoch", ylabel="cross-entropy (log scale)", yscale="log")
    ax.legend()
    return fig


def heatmap(ax: plt.Axes, values: np.ndarray, names: list, label: str, texts=(), **style) -> None:
    ax.figure.colorbar(ax.imshow(values, **style), label=label)
    ax.set(xticks=range(len(names)), yticks=range(len(names)), xticklabels=names, yticklabels=names)
    for (i, j), text in np.ndenumerate(texts):
        ax.text(j, i, text, ha="center", va="center", color="white" if abs(values[i, j]) > 0.6 else "black")


def confusion_matrix(y_true: np.ndarray, y_pred: np.ndarray) -> plt.Figure:
    """A dark cell off the diagonal is a pair of classes that the model mixes up. Right: the same in one line."""
    fig, (ax, short) = plt.subplots(1, 2, figsize=(13, 5.6))
    counts = metrics.confusion_matrix(y_true, y_pred)  # (C, C), row: true, column: predicted
    heatmap(ax, counts / counts.sum(1)[:, None], np.union1d(y_true, y_pred), "share of the row", counts, vmin=0, vmax=1)
    ax.set(title=f"By hand, accuracy {np.mean(y_true == y_pred):.3f}", xlabel="predicted", ylabel="true")
    metrics.ConfusionMatrixDisplay.from_predictions(y_true, y_pred, ax=short, cmap="Blues", colorbar=False)
    short.set(title="In one line, shaded by count")
    return fig


def roc_and_pr(y_true: np.ndarray, scores: np.ndarray) -> plt.Figure:
    """With few positives, ROC looks good long before precision does. Bottom row: the same, in one line each."""
    fig, ((roc, pr), (roc_2, pr_2)) = plt.subplots(2, 2, figsize=(10, 10))
    fpr, tpr, _ = metrics.roc_curve(y_true, scores)
    roc.plot(fpr, tpr, color=BLUE, label=f"model, AUC {metrics.auc(fpr, tpr):.3f}")
    roc.plot([0, 1], [0, 1], color=GRAY, linestyle=":", label="chance, AUC 0.500")
    roc.set(title="ROC, by hand", xlabel="false positive rate", ylabel="true positive rate (recall)")
    precision, recall, _ = metrics.precision_recall_curve(y_true, scores)
    ap = metrics.average_precision_score(y_true, scores)
    pr.step(recall, precision, where="post", color=BLUE, label=f"model, AP {ap:.3f}")  # straight lines would flatter
    pr.axhline(y_true.mean(), color=GRAY, linestyle=":", label=f"chance, AP {y_true.mean():.3f}")
    pr.set(title="Precision and recall, by hand", xlabel="recall", ylabel="precision", ylim=roc.get_ylim())
    roc.legend(loc="lower right")
    pr.legend(loc="center left")
    metrics.RocCurveDisplay.from_predictions(y_true, scores, ax=roc_2, name="in one line", plot_chance_level=True)
    metrics.PrecisionRecallDisplay.from_predictions(y_true, scores, ax=pr_2, name="in one line")
    return fig


def histograms_by_class(x: np.ndarray, y: np.ndarray, names: list[str], classes: list[str]) -> plt.Figure:
    """The less the two classes overlap, the more the feature tells you on its own."""
    fig, axes = plt.subplots(2, 2, figsize=(8, 6))
    for ax, column, name in zip(axes.flat, x.T, names, strict=True):
        bins = np.histogram_bin_edges(column, bins=25)  # the same bins for both classes
        ax.hist(column[y == 0], bins, density=True, color=ORANGE, label=classes[0])
        ax.hist(column[y == 1], bins, density=True, color=BLUE, label=classes[1], histtype="step", linewidth=2)
        ax.set(xlabel=name, ylabel="density")
    axes.flat[0].legend()
    fig.suptitle("Features by class")
    return fig


def correlation(x: np.ndarray, names: list[str]) -> plt.Figure:
    """Near 1 or -1, two features say nearly the same, and a linear model's weights for them mean little."""
    fig, ax = plt.subplots(figsize=(8.8, 7))
    r = np.corrcoef(x, rowvar=False)  # (F, F)
    heatmap(ax, r, names, "Pearson's r", np.char.mod("%.1f", r), cmap="PuOr", vmin=-1, vmax=1)
    ax.set(title="Correlation", xlabel="feature", ylabel="feature")
    return fig


def residuals(y_true: np.ndarray, y_pred: np.ndarray) -> plt.Figure:
    """You want no pattern: a trend means the model misses something, a funnel means the noise is uneven."""
    fig, ax = plt.subplots()
    error, sd = y_true - y_pred, np.std(y_true - y_pred)
    ax.axhspan(-sd, sd, color=ORANGE, alpha=0.35, label=f"± 1 SD ({sd:.0f})")
    ax.axhline(0, color="black", linewidth=1)
    ax.scatter(y_pred, error, s=14, color=BLUE)
    ax.set(title=f"Residuals, R² {metrics.r2_score(y_true, y_pred):.2f}", xlabel="predicted", ylabel="true - predicted")
    ax.legend(loc="upper right")
    return fig


def embedding(points: np.ndarray, labels: np.ndarray) -> plt.Figure:
    """Look for points in the wrong cluster. t-SNE's axes and gaps mean nothing; PCA's do, and PCA is faster."""
    fig, ax = plt.subplots(figsize=(7, 6))
    for n, label in enumerate(np.unique(labels)):  # C0 to C9 are tab10; in grayscale, the digits tell them apart
        ax.scatter(*points[labels == label].T, s=80, color=f"C{n}", marker=rf"$\mathbf{{{label}}}$", linewidth=0.3)
    ax.set(title="t-SNE: each point is drawn as its label", xlabel="t-SNE 1 (no unit)", ylabel="t-SNE 2 (no unit)")
    return fig


def attention_map(weights: np.ndarray, tokens: list) -> plt.Figure:
    """Each row is a query, and its weights sum to 1: the darker, the more it attends; hatched is masked."""
    fig, ax = plt.subplots(figsize=(8.4, 7))
    ax.patch.set(hatch="///", edgecolor=GRAY)
    heatmap(ax, np.where(weights > 0, weights, np.nan), tokens, "attention weight", vmin=0)
    ax.set(title="Causal attention (hatched: masked)", xlabel="key (attended to)", ylabel="query (attending)")
    return fig


@threadpool_limits.wrap(limits=1)  # on a busy machine, threads wait for each other at every small matrix
def main(argument: str = "") -> None:
    folder = HERE.parents[3] / "work/figures" if argument[:1] in ("", "-") else Path(argument)  # -f: in a notebook
    folder.mkdir(parents=True, exist_ok=True)
    x, y = datasets.load_digits(return_X_y=True)  # (1797, 64), (1797,)
    cancer, diabetes, lda = datasets.load_breast_cancer(), datasets.load_diabetes(), LinearDiscriminantAnalysis()
    net, losses = neural_network.MLPClassifier(64, learning_rate_init=0.01, batch_size=32, random_state=0), []
    train = np.arange(len(y)) % 9 == 0  # every ninth row, few enough to overfit; the rest is for validation
    for _ in range(40):
        net.partial_fit(x[train] / 16, y[train] == 8, classes=[False, True])
        losses.append([metrics.log_loss(y[rows] == 8, net.predict_proba(x[rows] / 16)) for rows in (train, ~train)])
    four, few = [0, 1, 4, 7], np.flatnonzero(y[:50] < 4)[:8]  # columns of cancer, rows of digits
    masked = np.tri(8) * np.exp(3 * metrics.pairwise.cosine_similarity(lda.fit(x[50:], y[50:]).transform(x[few])))
    for draw, *data in [
        (loss_curves, *np.transpose(losses)),
        (confusion_matrix, y, cross_val_predict(lda, x, y)),
        (roc_and_pr, y == 8, cross_val_predict(lda, x, y == 8, method="decision_function")),
        (histograms_by_class, cancer.data[:, four], cancer.target, cancer.feature_names[four], cancer.target_names),
        (correlation, diabetes.data[:, 2:], ["BMI", "BP", "chol", "LDL", "HDL", "chol/\nHDL", "log\ntrigl", "glucose"]),
        (residuals, diabetes.target, cross_val_predict(linear_model.RidgeCV(), diabetes.data, diabetes.target)),
        (embedding, manifold.TSNE(max_iter=500, random_state=0).fit_transform(x[:300]), y[:300]),
        (attention_map, masked / masked.sum(axis=1, keepdims=True), [f"img {n}:\na {d}" for n, d in enumerate(y[few])]),
    ]:
        draw(*data).savefig(path := folder / f"{draw.__name__}.png")
        print(f"{path}: {draw.__doc__}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
