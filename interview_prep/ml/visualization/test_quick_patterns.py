"""What can be asserted about a figure: its labels, its numbers, its file. Not how it looks: look at it."""

import contextlib
import io
from collections.abc import Iterator
from itertools import combinations, pairwise, product
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from interview_prep.ml.visualization import matplotlib_quick_patterns as patterns

RNG = np.random.default_rng(0)
TRUE = np.array([0, 0, 0, 0, 1, 1, 1])
SCORES = np.array([0.1, 0.4, 0.35, 0.8, 0.7, 0.9, 0.4])  # one tie across the classes
X = RNG.normal(size=(60, 4))
ROWS = ["first", "second", "third", "fourth"]
WEIGHTS = np.tri(4) / np.arange(1, 5)[:, None]  # (4, 4), causal, uniform over what is seen
FIGURES = [
    "loss_curves",
    "confusion_matrix",
    "roc_and_pr",
    "histograms_by_class",
    "correlation",
    "residuals",
    "embedding",
    "attention_map",
]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    """What main prints: the path of each figure, and what to read off it."""
    plt.close("all")
    with contextlib.redirect_stdout(io.StringIO()) as output:
        patterns.main(str(tmp_path_factory.mktemp("figures") / "new" / "folder"))
    lines = (line.partition(".png: ") for line in output.getvalue().splitlines())
    return {Path(path + ".png"): reading for path, _, reading in lines}


@pytest.fixture(scope="module")
def saved(printed: dict[Path, str]) -> dict[Path, plt.Figure]:
    """The figures behind the files that main writes."""
    return dict(zip(printed, map(plt.figure, plt.get_fignums()), strict=True))


@pytest.fixture(autouse=True)
def _close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def cells(ax: plt.Axes) -> dict[tuple[int, int], str]:
    """(row, column) of a heatmap to the text in it."""
    return {(text.get_position()[1], text.get_position()[0]): text.get_text() for text in ax.texts}


def legend(ax: plt.Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


@pytest.mark.parametrize("name", FIGURES)
def test_every_axis_and_figure_is_labeled_and_no_label_is_cut_off(saved: dict[Path, plt.Figure], name: str) -> None:
    (figure,) = [figure for path, figure in saved.items() if path.stem == name]
    for ax in figure.axes:
        assert ax.get_ylabel()
        assert ax.get_xlabel() or ax.get_label() == "<colorbar>"
    assert figure.get_suptitle() or figure.axes[0].get_title()
    drawn, page = figure.get_tightbbox(), figure.bbox_inches
    assert min(drawn.x0, drawn.y0) > 0, drawn
    assert drawn.x1 < page.x1, drawn
    assert drawn.y1 < page.y1, drawn


@pytest.mark.parametrize("name", ["confusion_matrix", "correlation", "attention_map"])
def test_no_two_tick_labels_of_a_heatmap_overlap(saved: dict[Path, plt.Figure], name: str) -> None:
    """Nor do two of its images or columns have the same label."""
    (ax,) = [figure.axes[0] for path, figure in saved.items() if path.stem == name]
    for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
        boxes = [label.get_window_extent() for label in labels]
        assert not any(box.overlaps(after) for box, after in pairwise(boxes))
        assert len({label.get_text() for label in labels}) == len(labels)


def test_confusion_matrix_has_true_rows_and_predicted_columns() -> None:
    ax = patterns.confusion_matrix(TRUE, np.array([0, 0, 1, 0, 1, 1, 1])).axes[0]
    assert cells(ax) == {(0, 0): "3", (0, 1): "1", (1, 0): "0", (1, 1): "3"}
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("true", "predicted")
    assert ax.images[0].get_array().tolist() == [[0.75, 0.25], [0, 1]]
    assert ax.get_title().endswith("0.857")  # 6 of 7


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    """A tie counts a half: 12 pairs, 9 right, 1 tied."""
    pairs = [(p > n) + (p == n) / 2 for p, n in product(SCORES[TRUE == 1], SCORES[TRUE == 0])]
    assert np.mean(pairs) == pytest.approx(9.5 / 12)
    assert legend(patterns.roc_and_pr(TRUE, SCORES).axes[0])[0] == "model, AUC 0.792"


def test_average_precision_is_the_sum_of_precision_times_recall_gained() -> None:
    """From the top score down, with the tied 0.4s taken together."""
    recall, precision = [0.0], []
    for threshold in sorted(set(SCORES), reverse=True):
        taken = threshold <= SCORES
        recall.append(TRUE[taken].sum() / TRUE.sum())
        precision.append(TRUE[taken].mean())
    expected = sum((after - before) * p for (before, after), p in zip(pairwise(recall), precision, strict=True))
    ax = patterns.roc_and_pr(TRUE, SCORES).axes[1]
    assert legend(ax) == [f"model, AP {expected:.3f}", f"chance, AP {3 / 7:.3f}"]


def test_one_liners_draw_the_same_as_the_versions_by_hand() -> None:
    """The confusion matrix, and the model's curves of ROC and of precision and recall."""
    by_hand, in_one_line = (ax for ax in patterns.confusion_matrix(TRUE, SCORES > 0.5).axes if ax.get_xlabel())
    assert [text.get_text() for text in in_one_line.texts] == [text.get_text() for text in by_hand.texts]
    roc, pr, roc_in_one_line, pr_in_one_line = patterns.roc_and_pr(TRUE, SCORES).axes
    np.testing.assert_array_equal(roc_in_one_line.lines[0].get_xydata(), roc.lines[0].get_xydata())
    np.testing.assert_array_equal(pr_in_one_line.lines[0].get_xydata(), pr.lines[0].get_xydata())


def test_loss_curves_mark_the_lowest_validation_loss() -> None:
    ax = patterns.loss_curves(np.array([1.0, 0.5, 0.2]), np.array([1.0, 0.6, 0.7])).axes[0]
    assert ax.lines[2].get_xydata().tolist() == [[2, 0.6]]
    assert legend(ax)[2] == "best: epoch 2"
    assert ax.get_yscale() == "log"


def test_histograms_of_both_classes_share_their_bins() -> None:
    ax = patterns.histograms_by_class(X, X[:, 1] > 0, ROWS, ["negative", "positive"]).axes[0]
    filled, outline = ax.containers[0], ax.patches[-1]
    edges = np.histogram_bin_edges(X[:, 0], bins=25)
    assert [bar.get_x() for bar in filled] == pytest.approx(edges[:-1])
    assert np.unique(outline.get_xy()[:, 0]) == pytest.approx(edges)


def test_correlation_writes_the_coefficient_into_its_cell() -> None:
    x = np.array([[1.0, -1.0, 0.0], [2.0, -2.0, 1.0], [3.0, -3.0, 0.0]])  # perfectly, and not at all
    assert cells(patterns.correlation(x, ["a", "b", "c"]).axes[0])[0, 1] == "-1.0"
    assert cells(patterns.correlation(x, ["a", "b", "c"]).axes[0])[0, 2].strip("-") == "0.0"


def test_residuals_are_true_minus_predicted() -> None:
    ax = patterns.residuals(np.array([1.0, 2.0, 4.0]), np.array([1.0, 3.0, 3.0])).axes[0]
    assert ax.collections[0].get_offsets().tolist() == [[1, 0], [3, -1], [3, 1]]
    assert ax.get_title() == "Residuals, R² 0.57"  # 1 - 2 / (14 / 3)


def test_embedding_draws_each_point_as_its_own_label() -> None:
    labels = np.array([7, 3, 7])
    threes, sevens = patterns.embedding(X[:3, :2], labels).axes[0].collections
    np.testing.assert_array_equal(threes.get_offsets(), X[[1], :2])
    np.testing.assert_array_equal(sevens.get_offsets(), X[[0, 2], :2])


def test_embedding_gives_ten_labels_ten_colors_that_differ() -> None:
    """By at least 0.2 in one channel, and those next to each other by at least 0.3."""
    ax = patterns.embedding(RNG.normal(size=(10, 2)), np.arange(10)).axes[0]
    colors = [points.get_facecolor()[0, :3] for points in ax.collections]
    assert len(colors) == 10
    assert all(np.abs(a - b).max() > 0.2 for a, b in combinations(colors, 2))
    assert all(np.abs(a - b).max() > 0.3 for a, b in pairwise(colors))


def test_attention_map_leaves_masked_cells_blank() -> None:
    shown = patterns.attention_map(WEIGHTS, ROWS).axes[0].images[0].get_array()
    np.testing.assert_array_equal(shown.mask, np.triu(np.ones((4, 4)), k=1) == 1)
    np.testing.assert_array_equal(shown.filled(0), WEIGHTS)


def test_colors_differ_in_lightness() -> None:
    """By at least 0.15, so that they differ in grayscale and to color-blind readers."""
    lightness = sorted(
        np.dot(to_rgb(c), [0.299, 0.587, 0.114]) for c in (patterns.BLUE, patterns.GRAY, patterns.ORANGE)
    )
    assert min(after - before for before, after in pairwise([0, *lightness, 1])) > 0.15


def test_main_writes_every_figure_and_prints_its_path(printed: dict[Path, str]) -> None:
    assert [path.stem for path in printed] == FIGURES
    for path in printed:
        assert plt.imread(path).shape[0] >= 700


def test_main_says_of_each_figure_what_to_read_off_it(printed: dict[Path, str]) -> None:
    """One line per figure, and no two alike."""
    assert all(len(reading.split()) > 8 and reading.endswith(".") for reading in printed.values())
    assert len(set(printed.values())) == len(FIGURES)
