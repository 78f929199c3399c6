"""What an answer's source may not contain: the calls that its drill forbids, and names that only fool the checks.

Covered: a forbidden function by its full name, through any import or alias, and as a method of anything; special
methods that decide a comparison; access to the caller's frames; modules that only a cheat imports.
Left out: names put together while the program runs. tripwires.py and tampering.py meet those.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence

from interview_prep.judge.tripwires import allows_tripwire, is_method

REJECTED_NAMES = {  # with these an answer decides how it is compared, or reaches into its caller
    *("__eq__", "__ne__", "__torch_function__", "__array_function__", "__array_ufunc__", "__array_priority__"),
    *("_getframe", "currentframe", "f_back", "f_globals", "f_locals", "tb_frame", "addaudithook"),
}
REJECTED_MODULES = ("ctypes", "cffi", "unittest.mock", "pytest", "_pytest", "interview_prep")


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


def list_imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The full names that one statement imports."""
    prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    return [prefix + alias.name for alias in node.names]


def find_forbidden_calls(nodes: Sequence[ast.AST], forbids: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Each forbidden name that the source uses, with its line.

    A method of that name which the answer defines itself is its own, where a tripwire watches the library's.
    """
    aliases = dict(resolve_imports(nodes))
    names = set(forbids)
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    methods = {name.rpartition(".")[2]: name for name in names if is_method(name)}
    methods = {method: name for method, name in methods.items() if method not in defined or not allows_tripwire(name)}
    for node in nodes:
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        name = dotted_name(node, aliases)
        if name in names:
            yield name, node.lineno
        elif isinstance(node, ast.Attribute) and node.attr in methods and not name.startswith(tuple(aliases.values())):
            yield methods[node.attr], node.lineno


def resolve_imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Each imported name with the full name that it stands for, such as F and torch.nn.functional."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for name in node.names:
                yield (name.asname, name.name) if name.asname else (name.name.partition(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((name.asname or name.name, f"{node.module}.{name.name}") for name in node.names)


def dotted_name(node: ast.AST, aliases: dict[str, str]) -> str:
    """The full name of `F.softmax` or `softmax`, through the imports; "" for any other expression."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = dotted_name(node.value, aliases)
        return f"{base}.{node.attr}" if base else ""
    return ""
