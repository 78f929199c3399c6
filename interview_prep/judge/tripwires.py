"""Makes the calls that a drill forbids raise when the answer reaches them, under whatever name.

Covered: functions, methods of classes written in Python, and the creation of instances of a class.
Left out: methods of types in C such as numpy.ndarray, which cannot be replaced (source_rules.py finds those), and a
function of the library that does the same but isn't on the drill's list.
"""

import contextlib
import functools
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from interview_prep.judge.guard import Guard

HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: a class whose attributes can be replaced


class ForbiddenCall(BaseException):
    """Raised in the answer; `except Exception` doesn't catch it."""


def install_tripwires(forbids: Iterable[str], guard: Guard) -> list[tuple[Any, str]]:
    """Replace each forbidden function by one that raises when the answer calls it.

    Returns what was replaced: owner and attribute. Raises LookupError where a forbidden name doesn't exist.
    """
    replaced = []
    for name in list_forbidden_names(forbids):
        owner, attribute, target = resolve_target(name)
        places = [(target, "__init__"), (owner, attribute)] if isinstance(target, type) else [(owner, attribute)]
        for place in places:
            with contextlib.suppress(TypeError):  # a type in C
                setattr(*place, wrap_with_tripwire(getattr(*place), name, guard))
                replaced.append(place)
                break
    return replaced


def list_forbidden_names(forbids: Iterable[str]) -> Iterator[str]:
    """Each name, with the functions and classes that a module defines or passes on in place of `module.*`."""
    for name in forbids:
        if not name.endswith(".*"):
            yield name
            continue
        package, module = name.removesuffix(".*"), find_owner(name)
        for member, value in vars(module).items():
            is_own = str(getattr(value, "__module__", "")).startswith(package)
            if not member.startswith("_") and is_own and callable(value):
                yield f"{package}.{member}"


def wrap_with_tripwire(function: Callable[..., Any], name: str, guard: Guard) -> Callable[..., Any]:
    @functools.wraps(function)
    def trip(*args: Any, **kwargs: Any) -> Any:
        frame = guard.answer_frame(sys._getframe(1))  # noqa: SLF001 - nothing public tells who calls
        if frame:
            guard.refuse(explain_forbidden(name), frame.f_lineno)
            raise ForbiddenCall(explain_forbidden(name))
        return function(*args, **kwargs)

    return trip


def explain_forbidden(name: str) -> str:
    """The sentence for a verdict."""
    return f"It uses {name}, which this drill is about: write it yourself."


def resolve_target(name: str) -> tuple[Any, str, Any]:
    """The owner of a dotted name, its attribute, and the object itself; raises LookupError where there is none."""
    try:
        owner, attribute = find_owner(name), name.rpartition(".")[2]
        return owner, attribute, getattr(owner, attribute)
    except (AttributeError, ImportError) as error:
        raise LookupError(f"The drill forbids {name}, which does not exist.") from error


def find_owner(name: str) -> Any:
    """The module or class that holds a dotted name; raises ImportError or AttributeError where there is none."""
    first, *rest = name.split(".")[:-1] or ["builtins"]
    owner = importlib.import_module(first)
    for part in rest:
        owner = getattr(owner, part, None) or importlib.import_module(f"{owner.__name__}.{part}")
    return owner


def is_method(name: str) -> bool:
    return isinstance(find_owner(name), type)


def allows_tripwire(method: str) -> bool:
    """Whether the method's class lets it be replaced. Types in C, such as ndarray, don't."""
    return bool(find_owner(method).__flags__ & HEAP_TYPE)
