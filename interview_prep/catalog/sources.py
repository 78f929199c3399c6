"""What a drill's programs say, read from their syntax trees: what the checks import, what a mistake is about.

Left out: running them.
"""

import ast
import threading
from pathlib import Path

from interview_prep.catalog.drill import Drill

PARSING = threading.Lock()


def parse_source(path: Path) -> ast.Module:
    """A program's syntax tree, from any thread: Python before 3.11.5 can raise SystemError where two parse at once."""
    with PARSING:
        return ast.parse(path.read_bytes())


def imported_names(drill: Drill) -> list[str]:
    """What the checks import of an answer."""
    imports = [node for node in parse_source(drill.checks).body if isinstance(node, ast.ImportFrom)]
    return [alias.name for node in imports if node.module == "answer" for alias in node.names]


def mistake_summary(wrong: Path) -> str:
    """What the maker of this mistake should read: the first line of the docstring, or ""."""
    try:
        docstring = ast.get_docstring(parse_source(wrong))
    except SyntaxError:
        return ""
    return (docstring or "").partition("\n")[0]
