"""Every python block of every page runs, in the page's order, and what it prints is what the page shows.

A ```text fence right after a ```python fence is its output: all it printed and, where it raises, the last line
of the traceback. A block without one must print nothing and raise nothing. Blocks of a page share names.
"""

import contextlib
import io
import re
import traceback
from collections.abc import Iterator

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


pytest_collect_file = Sybil(parsers=[python_blocks], pattern="*.md").pytest()
