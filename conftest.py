"""Every python block of every page runs, in the page's order, and what it prints is what the page shows.

A ```text fence right after a ```python fence is its output: all it printed and, where it raises, the last line
of the traceback. A block without one must print nothing and raise nothing. Blocks of a page share names.
The log ends with a table: per page the python blocks that ran, of those that it has.
"""

import contextlib
import io
import re
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sybil import Document, Example, Region, Sybil

BLOCK = re.compile(r"^```python\n(?P<source>.*?)^```$(?:\n+```text\n(?P<shown>.*?)^```$)?", re.MULTILINE | re.DOTALL)


def python_blocks(document: Document) -> Iterator[Region]:
    """Each ```python fence of a page, with the ```text fence that follows it."""
    for match in BLOCK.finditer(document.text):
        yield Region(match.start(), match.end(), (match["source"], match["shown"] or ""), run_block)


def run_block(example: Example) -> str | None:
    """Run one block in its page's namespace; what differs from the page, or None."""
    source, shown = example.parsed
    lines_above = "\n" * example.line  # so that a traceback names the page's own line
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(lines_above + source, example.path, "exec"), example.namespace)  # noqa: S102 - the pages are ours
        except Exception as error:
            if not shown:
                raise
            print(traceback.format_exception_only(error)[-1])
    got = printed.getvalue().strip()
    return None if got == shown.strip() else f"The page shows:\n{shown}\nThe block printed:\n{got}\n"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Skip what macOS and editors leave behind, such as ._page.md. Folders like that pytest skips by itself."""
    return True if collection_path.name.startswith(".") and collection_path.is_file() else None


pytest_collect_file = Sybil(parsers=[python_blocks], pattern="*.md").pytest()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say per page how many of its blocks have run; a page whose run was a selection says so by its numbers."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    ran = Counter(report.nodeid.partition("::")[0] for report in reports if ".md::" in report.nodeid)
    if ran:
        terminalreporter.section("python blocks")
    for page, blocks in sorted(ran.items()):
        has = (terminalreporter.config.rootpath / page).read_text(encoding="utf-8").count("```python")
        terminalreporter.line(f"{blocks:3} of {has:2}  {Path(page)}")
