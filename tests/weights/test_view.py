"""What `invoke models` shows of plain values: a table, the problems, and downloads on a terminal and elsewhere."""

import io
from pathlib import Path

import pytest
from huggingface_hub import constants
from rich.console import Console

from interview_prep.weights.cache import Problem
from interview_prep.weights.download import Download
from interview_prep.weights.listing import make_entry, make_row
from interview_prep.weights.models_lock import File, Model
from interview_prep.weights.view import format_problems, render_models, show_downloads

MODEL = Model(
    "sentiment", "prep/small", "a" * 40, "MIT", "core", (File("config.json", 300), File("model.safetensors", 2_000_000))
)


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))


def make_console(*, terminal: bool = False) -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=terminal, highlight=False)


def printed_text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_table_has_a_line_for_each_model() -> None:
    """What it serves, where it comes from, how large it is, and whether it is there."""
    console = make_console()
    console.print(render_models([make_row(MODEL, []), ("vision", "prep/large", "bbbbbbb", "size unknown", "missing")]))
    first, second = printed_text(console).splitlines()
    assert first.split() == ["sentiment", "prep/small", "aaaaaaa", "2", "MB", "there"]
    assert second.split()[-3:] == ["size", "unknown", "missing"]
    assert first.index("there") == second.index("missing")


@pytest.mark.parametrize(
    ("wrong", "state"),
    [
        ([], "there"),
        (["model.safetensors"], "incomplete"),
        (["config.json", "model.safetensors"], "missing"),
    ],
)
def test_state_says_how_much_is_missing(wrong: list[str], state: str) -> None:
    """The problems of other models do not count."""
    problems = [Problem("sentiment", file, "missing") for file in wrong] + [Problem("vision", "a.json", "missing")]
    assert make_row(MODEL, problems)[-1] == state


def test_entry_has_the_causes_by_file() -> None:
    """For scripts: sizes in bytes, and only this model's problems."""
    entry = make_entry(MODEL, [Problem("sentiment", "config.json", "hash"), Problem("vision", "a.json", "missing")])
    assert (entry["bytes"], entry["problems"], entry["license"]) == (2_000_300, {"config.json": "hash"}, "MIT")


def test_same_cause_is_told_once() -> None:
    """The first problem stands for the others, with their number."""
    problems = ["a: x: 404, gone", "a: y: 404, gone", "a: z: hash 1, not 2"]
    assert format_problems(problems) == ["a: x: 404, gone, and 1 more like it", "a: z: hash 1, not 2"]


def test_download_without_a_terminal_is_a_line_when_it_is_there() -> None:
    """One line for each file, however often it is looked at; markup in a name is text."""
    console, download = make_console(), Download(MODEL, File("[b]/config.json", 3))
    with show_downloads(console) as update_bars:
        update_bars([download])
        assert printed_text(console) == ""
        download.final_path.parent.mkdir(parents=True)
        download.final_path.write_bytes(b"abc")
        update_bars([download])
        update_bars([download])
    assert printed_text(console) == "sentiment: [b]/config.json\n"


def test_download_on_a_terminal_is_a_bar() -> None:
    """With the bytes that have arrived, of those that are expected."""
    console, download = make_console(terminal=True), Download(MODEL, File("config.json", 300))
    download.partial_path.parent.mkdir(parents=True)
    download.partial_path.write_bytes(bytes(100))
    with show_downloads(console) as update_bars:
        update_bars([download])
    assert "sentiment: config.json" in printed_text(console)
    assert "100/300 bytes" in printed_text(console)
