"""How sheets and examples are tested, in the kit's environment and in any other Python 3.11 or newer.

Every python block of every page runs, in the page's order, and what it prints is what the page shows.
A ```text fence right after a ```python fence is its output: all it printed and, where it raises, the last line
of the traceback. A block without one must print nothing and raise nothing. Blocks of a page share names.
The log ends with a table: per page the python blocks that ran, of those that it has.
Where a package that they need is missing, each page is a skip.

Warnings and other output fail a test in the locked versions alone. Others, as plain `pip install` brings them,
may warn, and word an error differently.
"""

import contextlib
import io
import re
import sys
import traceback
from collections import Counter
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sybil import Document, Example, Region

pytest_plugins = ["tests.support.surroundings"]

BLOCK = re.compile(r"^```python\n(?P<source>.*?)^```$(?:\n+```text\n(?P<shown>.*?)^```$)?", re.MULTILINE | re.DOTALL)
NEEDED = ("sybil", "accelerate", "datasets", "peft")  # by the blocks of the sheets
MISSING = [name for name in NEEDED if not find_spec(name)]


def python_blocks(document: "Document") -> "Iterator[Region]":
    """Each ```python fence of a page, with the ```text fence that follows it."""
    from sybil import Region

    for match in BLOCK.finditer(document.text):
        yield Region(match.start(), match.end(), (match["source"], match["shown"] or ""), run_block)


def run_block(example: "Example") -> str | None:
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
    if got == shown.strip():
        return None
    if find_differences():
        pytest.skip(f"in these versions the block prints {got!r}")
    return f"The page shows:\n{shown}\nThe block printed:\n{got}\n"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Skip what macOS and editors leave behind, such as ._page.md. Folders like that pytest skips by itself."""
    return True if collection_path.name.startswith(".") and collection_path.is_file() else None


class SkippedPage(pytest.File):
    """A page whose blocks cannot run."""

    def collect(self) -> list[pytest.Item]:
        pytest.skip(f"the python blocks of this page need more: pip install {' '.join(MISSING)}")


if not MISSING:
    from sybil import Sybil

    pytest_collect_file = Sybil(parsers=[python_blocks], pattern="*.md").pytest()
else:

    def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Skip each page that has python blocks."""
        has_blocks = file_path.suffix == ".md" and BLOCK.search(file_path.read_text(encoding="utf-8"))
        return SkippedPage.from_parent(parent, path=file_path) if has_blocks else None


def installed_version(name: str) -> str:
    """Without the suffix of a build (2.13.0+cpu is 2.13.0); "" where the package is missing."""
    try:
        return version(name).partition("+")[0]
    except PackageNotFoundError:
        return ""


@cache
def find_differences() -> list[str]:
    """What is not as pyproject.toml pins it: "Python 3.13", "torch 2.15.0", "without sybil"."""
    import tomllib

    project = tomllib.loads((Path(__file__).parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    differences = [] if project["requires-python"] == f"=={python}.*" else [f"Python {python}"]
    for name, pinned in (dependency.split("==") for dependency in project["dependencies"]):
        here = installed_version(name)
        if here != pinned:
            differences.append(f"{name} {here}" if here else f"without {name}")
    return differences


def pytest_configure(config: pytest.Config) -> None:
    """Let a warning fail a test where all is as locked."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the kit never runs there, but somebody's pytest may
        here = f"{sys.executable} is {sys.version.split()[0]}"
        raise pytest.UsageError(f"The examples need Python 3.11 or newer; {here}.")
    if not find_differences():
        config.addinivalue_line("filterwarnings", "error")
        # peft 0.21 still asks a model for this, which transformers 5 calls out of date.
        config.addinivalue_line("filterwarnings", "ignore:`is_gradient_checkpointing` is:FutureWarning")
        in_an_image = "ignore:The database setting is not configured:hypothesis.errors.HypothesisWarning"
        config.addinivalue_line("filterwarnings", in_an_image)  # nothing can be written there


def pytest_report_header() -> str:
    """Say at the top whether warnings and other output fail tests, and what differs from the lock."""
    differences = ", ".join(find_differences())
    return (
        f"not as locked, so warnings fail no test: {differences}" if differences else "as locked: warnings fail tests"
    )


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say per page how many of its blocks have run; a page whose run was a selection says so by its numbers."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    ran = Counter(report.nodeid.partition("::")[0] for report in reports if ".md::" in report.nodeid)
    if ran:
        terminalreporter.section("python blocks")
    for page, blocks in sorted(ran.items()):
        has = (terminalreporter.config.rootpath / page).read_text(encoding="utf-8").count("```python")
        terminalreporter.line(f"{blocks:3} of {has:2}  {Path(page)}")
