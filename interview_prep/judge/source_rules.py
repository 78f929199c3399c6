"""What an answer's source may not contain: the calls that its drill forbids, and names that only fool the checks.

Covered: a forbidden function by its full name or by another path to the same object, through any import or alias, by
getattr with a plain string, and as a method of anything; private routes into the libraries; code in strings; special
methods that decide a comparison; access to the caller's frames; modules that only a cheat imports.
Left out: what stands below `if __name__ == "__main__":`, which never runs here, and names put together while the
program runs. tripwires.py and tampering.py meet those.
"""

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from interview_prep.judge.source_names import (
    dotted_name,
    list_bound_names,
    list_imported,
    resolve_aliases,
    split_access,
)
from interview_prep.judge.tripwires import allows_tripwire, is_method

REJECTED_NAMES = {  # with these an answer decides how it is compared, or reaches into its caller
    *("__eq__", "__ne__", "__torch_function__", "__array_function__", "__array_ufunc__", "__array_priority__"),
    *("_getframe", "currentframe", "f_back", "f_globals", "f_locals", "tb_frame", "addaudithook"),
}
TEST_MODULES = ("pytest", "_pytest")
REJECTED_MODULES = ("ctypes", "cffi", "unittest.mock", *TEST_MODULES, "interview_prep")
CODE_FROM_TEXT = ("exec", "eval", "compile")
LIBRARIES = {"torch", "numpy", "scipy", "sklearn", "pandas", "tokenizers"}
NO_ROUTES = ("torch.nn.common_types.", "torch.types.", "torch.testing.")  # whose private names compute nothing


def remove_main_blocks(statements: list[ast.stmt]) -> list[ast.stmt]:
    """The module's statements without what only runs as a script: the judge imports the answer."""
    kept = []
    for statement in statements:
        if isinstance(statement, ast.If) and is_main_test(statement.test):
            kept += remove_main_blocks(statement.orelse)
        else:
            kept.append(statement)
    return kept


def is_main_test(test: ast.expr) -> bool:
    """Whether this is `__name__ == "__main__"`, in either order."""
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")


def find_rejected_names(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """Names and imports whose only use is fooling the checks, each with its line."""
    for node in nodes:
        fields = vars(node)
        name = fields.get("attr") or fields.get("name") or fields.get("value")
        if name in REJECTED_NAMES:
            yield name, getattr(node, "lineno", 0)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for module in REJECTED_MODULES:
                if any(f"{imported}.".startswith(f"{module}.") for imported in list_imported(node)):
                    yield module, node.lineno


def find_code_in_texts(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, int]]:
    """Each use of the builtins exec, eval and compile, with its line. Own functions of these names are no such use."""
    bound = list_bound_names(nodes)
    for full_name, line in list_full_names(nodes, resolve_aliases(nodes)):
        owner, _, name = full_name.rpartition(".")
        if name in CODE_FROM_TEXT and (owner in ("builtins", "__builtins__") or (not owner and name not in bound)):
            yield name, line


def find_private_routes(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, int]]:
    """Each full name that leads into a library past its public functions, with its line."""
    for name, line in list_full_names(nodes, resolve_aliases(nodes)):
        library, *parts = name.split(".")
        is_private = any(part.startswith("_") and not part.endswith("__") for part in parts)
        if library in LIBRARIES and (is_private or name.startswith("torch.ops")) and not name.startswith(NO_ROUTES):
            yield name, line


def find_forbidden_calls(nodes: Sequence[ast.AST], forbids: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Each forbidden name that the source uses, with its line. `x.*` forbids everything in the module x.

    A method of that name which the answer defines itself is its own, where a tripwire watches the library's.
    """
    names, aliases = set(forbids), resolve_aliases(nodes)
    objects = identify_objects(names)
    roots = {name.partition(".")[0] for name in names}
    for name, line in [*list_full_names(nodes, aliases), *list_star_names(nodes, names)]:
        *outer, _ = accumulate(name.split("."), "{}.{}".format)
        if name in names or any(each in names or f"{each}.*" in names for each in outer):
            yield name, line
        elif name.partition(".")[0] in roots and (same := objects.get(id(find_object(name)))):
            yield same, line
    yield from find_forbidden_methods(nodes, names, aliases)


def find_forbidden_methods(
    nodes: Sequence[ast.AST], names: set[str], aliases: dict[str, str]
) -> Iterator[tuple[str, int]]:
    """Each forbidden method that the source takes from anything but a library's module or class."""
    bodies = [node.body for node in nodes if isinstance(node, ast.ClassDef)]
    own = {node.name for body in bodies for node in body if isinstance(node, ast.FunctionDef)}
    own |= {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    methods = {name.rpartition(".")[2]: name for name in sorted(names) if not name.endswith(".*") and is_method(name)}
    methods = {method: name for method, name in methods.items() if method not in own or not allows_tripwire(name)}
    for node in nodes:
        access = split_access(node) if methods else None
        if access and access[1] in methods:
            name = dotted_name(node, aliases)
            if not name or not name.startswith(tuple(aliases.values())):
                yield methods[access[1]], getattr(node, "lineno", 0)


def list_full_names(nodes: Sequence[ast.AST], aliases: dict[str, str]) -> Iterator[tuple[str, int]]:
    """The full names that a source imports or uses, each with its line."""
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((name, node.lineno) for name in list_imported(node))
        elif isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript) and (
            name := dotted_name(node, aliases)
        ):
            yield name, node.lineno


def list_star_names(nodes: Sequence[ast.AST], forbids: set[str]) -> Iterator[tuple[str, int]]:
    """The forbidden names that a source uses through `from module import *`."""
    starred = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"}
    if starred:
        bound = list_bound_names(nodes)
        short = {name.rpartition(".")[2]: name for name in forbids if name.rpartition(".")[0] in starred}
        for node in nodes:
            if isinstance(node, ast.Name) and node.id in short and node.id not in bound:
                yield short[node.id], node.lineno


def identify_objects(names: Iterable[str]) -> dict[int, str]:
    """The forbidden functions and classes themselves, by id, as far as their libraries are imported."""
    found = ((find_object(name), name) for name in sorted(names, reverse=True))
    return {id(each): name for each, name in found if callable(each) and not inspect.ismethod(each)}


def find_object(name: str) -> object:
    """What a full name stands for, without the tripwire around it, or None where it is not imported."""
    found: object = None
    for path in accumulate(name.split("."), "{}.{}".format):
        part = path.rpartition(".")[2]
        inside = None if found is None else getattr(found, part, None)
        found = sys.modules.get(path) if inside is None else inside
    return inspect.unwrap(found) if callable(found) else found
