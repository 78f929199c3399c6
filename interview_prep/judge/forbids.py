"""The calls that a drill is about, refused twice: where the answer's source names them, and where it reaches them.

Left out: a function of the library under a name that the drill does not list.
"""

import ast
import contextlib
import functools
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interview_prep.judge.limits import Guard


HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE


class ForbiddenCall(BaseException):
    """Raised in an answer; no `except Exception` of its own catches it."""


def find_forbidden_calls(nodes: Sequence[ast.AST], forbids: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Each forbidden name that the source uses, with its line."""
    aliases = dict(resolve_imports(nodes))
    names = set(forbids)
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    methods = {name.rpartition(".")[2]: name for name in names if names_method(name)}
    methods = {method: name for method, name in methods.items() if method not in own or not has_tripwire(name)}
    for node in nodes:
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        found = dotted_name(node, aliases)
        if found in names:
            yield found, node.lineno
        elif isinstance(node, ast.Attribute) and node.attr in methods and not found.startswith(tuple(aliases.values())):
            yield methods[node.attr], node.lineno


def resolve_imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """What each imported name stands for: F is torch.nn.functional."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for name in node.names:
                yield (name.asname, name.name) if name.asname else (name.name.partition(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((name.asname or name.name, f"{node.module}.{name.name}") for name in node.names)


def dotted_name(node: ast.AST, aliases: dict[str, str]) -> str:
    """The full name of `F.softmax` or `softmax`, through the imports; "" of anything else."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = dotted_name(node.value, aliases)
        return f"{base}.{node.attr}" if base else ""
    return ""


def names_method(name: str) -> bool:
    return isinstance(find_owner(name), type)


def has_tripwire(method: str) -> bool:
    """Whether the class that holds it lets its methods be replaced; a static type of C, such as ndarray, does not."""
    return bool(find_owner(method).__flags__ & HEAP_TYPE)


def find_owner(name: str) -> Any:
    """The module or class that holds it; raises ImportError or AttributeError where there is no such thing."""
    first, *rest = name.split(".")[:-1] or ["builtins"]
    owner = importlib.import_module(first)
    for part in rest:
        owner = getattr(owner, part, None) or importlib.import_module(f"{owner.__name__}.{part}")
    return owner


def install_tripwires(forbids: Iterable[str], guard: "Guard") -> list[tuple[Any, str]]:
    """Replace each forbidden function by one that raises while the answer is its caller; what has been replaced."""
    replaced = []
    for name in forbids:
        owner, attribute, target = resolve_target(name)
        places = [(target, "__init__"), (owner, attribute)] if isinstance(target, type) else [(owner, attribute)]
        for place in places:
            with contextlib.suppress(TypeError):  # of a type in C, which only the source can be searched for
                setattr(*place, with_tripwire(getattr(*place), name, guard))
                replaced.append(place)
                break
    return replaced


def resolve_target(name: str) -> tuple[Any, str, Any]:
    """Who holds it, under which attribute, and the thing itself; raises LookupError where there is none."""
    try:
        owner, attribute = find_owner(name), name.rpartition(".")[2]
        return owner, attribute, getattr(owner, attribute)
    except (AttributeError, ImportError) as error:
        raise LookupError(f"The drill forbids {name}, which does not exist.") from error


def with_tripwire(function: Callable[..., Any], name: str, guard: "Guard") -> Callable[..., Any]:
    @functools.wraps(function)
    def trip(*args: Any, **kwargs: Any) -> Any:
        frame = guard.answer_frame(sys._getframe(1))  # noqa: SLF001 - there is no other way to know who calls
        if frame:
            guard.refuse(explain_forbidden(name), frame.f_lineno)
            raise ForbiddenCall(explain_forbidden(name))
        return function(*args, **kwargs)

    return trip


def explain_forbidden(name: str) -> str:
    """Why a name is refused."""
    return f"It uses {name}, which this drill is about: write it yourself."
