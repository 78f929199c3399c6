"""What a drill's programs say in their syntax trees, such as what the checks import.

Left out: running them.
"""

import ast
import threading
from pathlib import Path

from interview_prep.catalog.drill import Drill

PARSING = threading.Lock()


def parse_source(path: Path) -> ast.Module:
    """Parse a program, in any thread: before 3.11.5, Python can raise SystemError where two threads parse at once."""
    with PARSING:
        return ast.parse(path.read_bytes())


def find_imported_names(drill: Drill) -> list[str]:
    """Find the names that the checks import from the answer."""
    imports = [node for node in parse_source(drill.checks).body if isinstance(node, ast.ImportFrom)]
    return [alias.name for node in imports if node.module == "answer" for alias in node.names]
