"""Who imports whom: modules and rooms, the circles among them, and what a room weighs.

`python tests/support/import_graph.py [CHECKOUT]` prints the picture of a checkout, this one by default. Every import
counts, those inside functions and those for types alone as well. Left out: the material (ml/, drills/), which imports
nothing of the kit, and modules that are only named in strings, such as `python -m`.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

MATERIAL = ("ml", "drills", "interviews")
Graph = dict[str, set[str]]


def find_modules(checkout: Path) -> dict[str, Path]:
    """Full name and file of each module of the kit: tasks, benchmarks and interview_prep without the material."""
    files = [checkout / "tasks.py", *checkout.glob("benchmarks/**/*.py"), *checkout.glob("interview_prep/**/*.py")]
    found = {path.relative_to(checkout).with_suffix("").parts: path for path in sorted(files)}
    return {
        ".".join(parts).removesuffix(".__init__"): path
        for parts, path in found.items()
        if parts[1:2] not in [(each,) for each in MATERIAL] and not any(part.startswith(".") for part in parts)
    }


def name_room(module: str) -> str:
    """The package in which a module lies: `judge` for interview_prep.judge.client, `paths` for interview_prep.paths."""
    first, *rest = module.split(".")
    return rest[0] if first == "interview_prep" and rest else first


def find_imports(path: Path, modules: Iterable[str]) -> Iterator[str]:
    """The modules of the kit that a file imports."""
    known = set(modules)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in known else str(node.module) for name in full]
        else:
            continue
        yield from (name for name in names if name in known)


def read_graph(checkout: Path) -> Graph:
    """Each module with those that it imports."""
    modules = find_modules(checkout)
    return {name: set(find_imports(path, modules)) - {name} for name, path in modules.items()}


def merge_rooms(graph: Mapping[str, set[str]]) -> Graph:
    """Each room with the rooms that its modules import."""
    rooms: Graph = defaultdict(set)
    for module, imported in graph.items():
        room = name_room(module)
        rooms[room] |= {name_room(each) for each in imported} - {room}
    return dict(rooms)


def find_circles(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """The largest sets whose members all import each other, directly or through others."""
    reachable = {name: find_reachable(name, graph) for name in graph}
    circles = [{other for other in reachable[name] if name in reachable[other]} for name in graph]
    return [circle for number, circle in enumerate(circles) if circle and circle not in circles[:number]]


def find_reachable(start: str, graph: Mapping[str, set[str]]) -> set[str]:
    """What a name imports, directly or through others; itself only where there is a circle."""
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += graph[name]
    return found


def find_function_names(path: Path) -> list[str]:
    """The names of all functions and methods of a file, without Python's own such as __init__."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    functions = [node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [name for name in functions if not name.startswith("__")]


def is_one_word(name: str) -> bool:
    return "_" not in name.strip("_")


def describe(checkout: Path) -> Iterator[str]:
    """The picture in lines of text."""
    modules, graph = find_modules(checkout), read_graph(checkout)
    rooms = merge_rooms(graph)
    yield "room              files  lines  imports"
    for room in sorted(rooms):
        files = [path for name, path in modules.items() if name_room(name) == room]
        lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
        yield f"{room:16} {len(files):6} {lines:6}  {', '.join(sorted(rooms[room]))}"
    for what, each in (("rooms", rooms), ("modules", graph)):
        circles = find_circles(each)
        arrows = sum(map(len, each.values()))
        yield f"{len(each)} {what}, {arrows} arrows, {len(circles)} circles"
        yield from (f"    circle: {', '.join(sorted(circle))}" for circle in circles)
    names = [name for path in modules.values() for name in find_function_names(path)]
    short = sum(map(is_one_word, names))
    yield f"{len(names)} functions, {short} of them with a one-word name ({short / len(names):.0%})"


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    sys.stdout.write("\n".join(describe(folder)) + "\n")
