"""Detects monkeypatching: compares what the checks rely on with a snapshot taken before the answer ran.

Covered: the functions of FROZEN_MODULES, the methods of the classes in FROZEN_CLASS_MODULES and in the judge itself,
all that the module of the checks holds, new methods of tensors and data frames, and subclasses of values that
comparisons look at.
Left out: data inside of libraries (their caches, registries, closures), and a change that is undone before the end.
"""

import operator
import sys
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

FROZEN_MODULES = (  # their functions
    *("builtins", "math", "operator", "json", "os", "numpy", "pandas", "torch", "torch.autograd"),
    *("torch.optim", "torch.nn.functional", "torch.testing", "numpy.testing", "pandas.testing", "pytest"),
    *("numpy.testing._private.utils", "pandas._testing", "pandas._testing.asserters"),
)
FROZEN_CLASS_MODULES = (  # the methods of their classes as well
    *("_pytest.approx", "_pytest.raises", "_pytest.runner", "_pytest.python", "_pytest.assertion.rewrite"),
    *("_pytest.assertion.util", "_pytest.fixtures", "pluggy._hooks", "pluggy._manager", "torch.testing._comparison"),
)
JUDGE = f"{__package__}."  # and the same of all of its modules
CLOSED_CLASSES = (("torch", "Tensor"), ("pandas", "DataFrame"), ("pandas", "Series"))  # no new methods either
NO_SUBCLASSES = (*CLOSED_CLASSES, ("numpy", "ndarray"), ("builtins", "float"), ("builtins", "complex"))
SET_BY_LIBRARIES = ("Storage",)  # torch.set_default_dtype sets it
ADDED_BY_LIBRARIES = ("__slotnames__",)  # with the first tensor that is pickled


class TamperDetector:
    """Takes the snapshot when it is made. Compares with `is`, because answers can override `==`."""

    def __init__(self) -> None:
        class_modules = [name for name in sys.modules if name in FROZEN_CLASS_MODULES or name.startswith(JUDGE)]
        self.modules = {name: sys.modules[name] for name in (*FROZEN_MODULES, *class_modules) if name in sys.modules}
        self.closed = [getattr(sys.modules[module], name) for module, name in CLOSED_CLASSES]
        classes = [each for name in class_modules for each in list_own_classes(sys.modules[name])]
        self.snapshot: list[tuple[Any, dict[str, Any]]] = [
            (owner, dict(filter(is_watched, vars(owner).items())))
            for owner in (*self.modules.values(), *self.closed, *classes)
        ]
        self.closed_names = [{*vars(each), *ADDED_BY_LIBRARIES} for each in self.closed]

    def accept_replacements(self, replaced: Iterable[tuple[Any, str]]) -> None:
        """Add what the judge itself replaced (owner and attribute) to the snapshot."""
        for owner, name in replaced:
            for each, members in self.snapshot:
                if each is owner and name in members:
                    members[name] = vars(owner)[name]
            for each, names in zip(self.closed, self.closed_names, strict=True):
                if each is owner:
                    names.add(name)

    def watch_module(self, module: ModuleType) -> None:
        """Watch all that a module holds, such as that of the checks."""
        self.snapshot.append((module, dict(vars(module))))

    def find_tampering(self) -> str:
        """A sentence about the first thing that was replaced, or ""."""
        return next(self.list_tampering(), "")

    def list_tampering(self) -> Iterator[str]:
        for name, module in self.modules.items():
            if sys.modules.get(name) is not module:
                yield f"It replaces the module {name}."
        for owner, members in self.snapshot:
            if not all(map(operator.is_, members.values(), map(vars(owner).get, members))):
                changed = next(name for name, value in members.items() if vars(owner).get(name) is not value)
                yield f"It replaces {owner.__name__}.{changed}."
        for owner, names in zip(self.closed, self.closed_names, strict=True):
            added = vars(owner).keys() - names
            if added:
                yield f"It gives {owner.__name__} another {min(added)}."
        for module_name, name in NO_SUBCLASSES:
            for derived in list_subclasses(getattr(sys.modules[module_name], name)):
                if derived.__module__ == "answer":
                    kind = f"a kind of {name}, {derived.__name__}"
                    yield f"It defines {kind}, which would decide how it's compared."


def list_own_classes(module: ModuleType) -> list[type]:
    """The classes that a module defines itself."""
    return [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__]


def list_subclasses(kind: type) -> Iterator[type]:
    """All classes that derive from one, directly or not."""
    derived: list[type] = kind.__subclasses__()
    for each in derived:
        yield each
        yield from list_subclasses(each)


def is_watched(member: tuple[str, Any]) -> bool:
    """Whether a member of a module or class is code. Data may change."""
    name, value = member
    kinds = (ModuleType, classmethod, staticmethod, property)
    return name not in SET_BY_LIBRARIES and (callable(value) or isinstance(value, kinds))
