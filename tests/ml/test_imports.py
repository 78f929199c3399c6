"""Examples and drills import nothing of the kit: the description's seven packages, and what they bring, are enough."""

import ast
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from interview_prep.paths import ROOT

SEVEN = ("torch", "pandas", "numpy", "matplotlib", "scikit-learn", "transformers", "pytest")
OWN = ("answer", "interview_prep.ml")  # what a drill's checks are about; what an example's tests are about


def packages_brought_by(names: Iterable[str]) -> set[str]:
    """These packages and, of those installed here, what they require, and so on; extras aside."""
    brought: set[str] = set()
    waiting = [canonicalize_name(name) for name in names]
    while waiting:
        name = waiting.pop()
        package = next(iter(metadata.distributions(name=name)), None)
        if package and name not in brought:
            brought.add(name)
            required = [Requirement(line) for line in package.requires or []]
            waiting += [canonicalize_name(one.name) for one in required if not one.marker or one.marker.evaluate()]
    return brought


def imported_by(path: Path) -> set[str]:
    """The modules that a file imports, by their full names."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


def test_the_material_imports_nothing_of_the_kit() -> None:
    """Who has not installed the kit can read and run all of it."""
    brought = packages_brought_by(SEVEN)
    providers = metadata.packages_distributions().items()
    modules = {module for module, names in providers if brought & {canonicalize_name(name) for name in names}}
    known = modules | sys.stdlib_module_names
    foreign = set()
    for path in [*ROOT.glob("interview_prep/ml/**/*.py"), *ROOT.glob("interview_prep/drills/**/*.py")]:
        beside = {neighbor.stem for neighbor in path.parent.glob("*.py")}
        names = {name for name in imported_by(path) if not name.startswith(OWN)}
        foreign |= {
            f"{path.relative_to(ROOT)}: {name}" for name in names if name.partition(".")[0] not in known | beside
        }
    assert foreign == set()
