"""The house stays as CONTRIBUTING.md draws it: who imports whom, who prints, who exits, and telling names.

Left out: whether a name is a good one.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from interview_prep.paths import ROOT
from tests.support.import_graph import (
    find_circles,
    find_function_names,
    find_imports,
    find_modules,
    is_one_word,
    merge_rooms,
    name_room,
    read_graph,
)

FOUNDATION = {"errors", "files", "paths", "processes", "streams"}  # any module may import these
MODULES = find_modules(ROOT)
GRAPH = read_graph(ROOT)
MAP = re.findall(r"^\| `(\w+)(?:\.py|/)` \| [^|]+ \|([^|]*)\|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
PRINT_WITHOUT_THE_CONSOLE = {
    "interview_prep.bootstrap.messages": "runs before there is an environment with rich",
    "interview_prep.weights.image": "runs while an image is built, without the rest of the kit",
    "interview_prep.gpu.gpu_check": "runs as a script with torch and the standard library alone",
    "interview_prep.authoring.mutations": "is appended to an answer, whose output the judge reads",
}


def read_tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def find_prints(tree: ast.Module) -> Iterator[str]:
    """Each call of print, of a standard stream's write, and of rich's Console, with its line."""
    for node in ast.walk(tree):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if re.fullmatch(r"print|sys\.std(out|err)\.write|(rich\.console\.)?Console", called):
            yield f"{called} in line {node.lineno}"  # type: ignore[attr-defined]  # it is a call


def test_the_map_lists_every_room() -> None:
    """Somebody new finds each room in it, and none that is gone."""
    assert sorted(room for room, _ in MAP) == sorted({name_room(module) for module in MODULES})


@pytest.mark.parametrize(("room", "listed"), MAP, ids=[room for room, _ in MAP])
def test_a_room_imports_what_the_map_says(room: str, listed: str) -> None:
    """No more and no less; the foundation goes without saying."""
    imported = merge_rooms(GRAPH)[room] - FOUNDATION
    assert imported == set(re.findall(r"`(\w+)`", listed))


def test_no_import_runs_in_a_circle() -> None:
    """Not between modules and not between rooms; imports in functions and for types count."""
    assert find_circles(GRAPH) == []
    assert find_circles(merge_rooms(GRAPH)) == []


def test_a_circle_is_found(tmp_path: Path) -> None:
    """One that runs through a function and an import for types, over three modules."""
    for name, source in {
        "tasks.py": "",
        "interview_prep/a.py": "def f():\n    from interview_prep import b\n",
        "interview_prep/b.py": "if TYPE_CHECKING:\n    from interview_prep.c import X\n",
        "interview_prep/c.py": "import interview_prep.a\n",
        "interview_prep/d.py": "import interview_prep.a\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    assert find_circles(read_graph(tmp_path)) == [{"interview_prep.a", "interview_prep.b", "interview_prep.c"}]


@pytest.mark.parametrize("room", sorted(FOUNDATION))
def test_the_foundation_imports_only_itself(room: str) -> None:
    """Whatever it imported, every module would."""
    assert merge_rooms(GRAPH)[room] <= FOUNDATION


def test_only_the_console_prints() -> None:
    """So that --json stays one document; where another module must print, the list above says why."""
    printing = {module for module in MODULES if any(find_prints(read_tree(module)))}
    assert printing == {"interview_prep.console", *PRINT_WITHOUT_THE_CONSOLE}


def test_only_commands_exit_and_use_the_console() -> None:
    """Logic returns values and raises errors; what they mean for the person is decided in one place of each room."""
    exiting = {module for module in MODULES if "import Exit" in MODULES[module].read_text(encoding="utf-8")}
    printing = {module for module, imported in GRAPH.items() if "interview_prep.console" in imported}
    assert {module for module in exiting if not module.endswith(".commands")} == {"interview_prep.cli_errors"}
    assert {module for module in printing if not module.endswith(".commands")} == set()


def test_every_module_says_what_it_is() -> None:
    """A sentence at the top of each file, those of the tests included."""
    tests = [path for path in (ROOT / "tests").rglob("[!.]*.py") if not {"answers", "drill_folders"} & set(path.parts)]
    silent = [
        str(path.relative_to(ROOT))
        for path in (*MODULES.values(), *tests)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_at_most_a_fifth_of_the_functions_have_one_word_names() -> None:
    """A function is a verb and its object; where one word is the standard term, it stays."""
    names = [name for path in MODULES.values() for name in find_function_names(path)]
    assert len(names) > 400
    assert sum(map(is_one_word, names)) / len(names) <= 0.2


def test_no_test_imports_another() -> None:
    """What tests share lies in tests/support, or in a module beside them that holds no tests."""
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in (ROOT / "tests").rglob("[!.]*.py")
    }
    shared = {
        f"{module} imports {imported}"
        for module, path in files.items()
        if "answers" not in path.parts
        for imported in find_imports(path, files)
        if imported.rpartition(".")[2].startswith(("test_", "conftest"))
    }
    assert shared == set()
