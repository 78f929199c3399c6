"""The printer: where its output goes, and what of a terminal it uses."""

import json
import re
from pathlib import Path

import pytest
from rich.default_styles import DEFAULT_STYLES
from rich.text import Text

from interview_prep.console import THEME, Printer, with_plain_links
from interview_prep.paths import ROOT


def test_with_json_only_the_document_is_on_standard_output(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Lines, views, pages and differences go to standard error."""
    page = tmp_path / "page.md"
    page.write_text("A page.\n")
    printer = Printer(json=True)
    printer.print_line("[a] line")
    printer.print_view(Text("a view"))
    printer.show_page(Text("a heading"), page, paged=True)
    printer.show_diff("one\ntwo", "one\nthree", ("before", "after"))
    printer.print_json({"path": page})
    output, errors = capsys.readouterr()
    assert json.loads(output) == {"path": str(page)}
    for text in ("[a] line\n", "a view\n", "a heading\n", "A page.", "-two", "+three", "--- before", "+++ after"):
        assert text in errors


def test_without_json_there_is_no_document(capsys: pytest.CaptureFixture[str]) -> None:
    """A line stays one line, however long it is."""
    printer = Printer()
    printer.print_line("long " * 100)
    printer.print_json({"a": 1})
    assert capsys.readouterr().out == "long " * 100 + "\n"


def test_redraw_is_one_update_that_clears_what_it_does_not_cover(capsys: pytest.CaptureFixture[str]) -> None:
    """Home, each line to its end, and everything below."""
    Printer().redraw(Text("one\ntwo"))
    assert capsys.readouterr().out == "\x1b[?2026h\x1b[Hone\x1b[K\ntwo\x1b[K\n\x1b[J\x1b[?2026l"


def test_status_is_overwritten_by_the_next_redraw(capsys: pytest.CaptureFixture[str]) -> None:
    """The cursor returns to the begin of its line."""
    Printer().show_status("judging…")
    assert capsys.readouterr().out == "judging…\r"


def test_links_of_a_page_to_files_are_names(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A web address stays as it is; what only looks like a link stays too."""
    page = tmp_path / "page.md"
    page.write_text("[sheet](other.md#part), [the `drill`](../a/prompt.md), x[0](1): [web](https://example.org/x)\n")
    Printer().show_page("", page, paged=False)
    assert capsys.readouterr().out.split("\n")[1].startswith("sheet, the drill, x")
    assert "x[0](1): [web](https://example.org/x)" in with_plain_links(page)


SHOWN = [*ROOT.glob("interview_prep/*/view.py"), *ROOT.glob("interview_prep/*.py")]


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_colors_are_legible_on_dark_and_on_light_backgrounds(path: Path) -> None:
    """Red, green, and magenta are. A block of code sets its text's color and its background."""
    pattern = r'"[^"\n]*\b(?:yellow|cyan|blue|white|bright_\w+)\b[^"\n]*"|background_color'
    assert re.findall(pattern, path.read_text()) == []


def test_rich_s_own_styles_of_pages_are_as_legible() -> None:
    """Inline code is cyan on black in rich, and lists and tables are cyan."""
    styles = {**DEFAULT_STYLES, **THEME.styles}
    illegible = {
        name
        for name, style in styles.items()
        if name.startswith("markdown.") and (style.bgcolor or (style.color and style.color.name in ("cyan", "yellow")))
    }
    assert illegible == set()


@pytest.mark.parametrize(("typed", "confirmed"), [("y\n", True), (" Y \n", True), ("\n", False), ("no\n", False)])
def test_only_y_confirms(typed: str, confirmed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a person is there to type."""
    printer = Printer()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(printer.console, "input", lambda _: typed)
    assert printer.confirm("Sure?") is confirmed


def test_nobody_there_is_no() -> None:
    """Without a terminal nothing is asked."""
    assert not Printer().confirm("Sure?")


@pytest.mark.parametrize(("typed", "goes_on"), [("", True), ("q", False), (" Q", False)])
def test_q_stops_and_enter_goes_on(typed: str, goes_on: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two steps of the warm-up."""
    printer = Printer()
    monkeypatch.setattr(printer.console, "input", lambda _: typed)
    assert printer.wait_for_enter() is goes_on
