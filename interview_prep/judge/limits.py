"""What an answer may use and touch while it is judged: memory, output, files, processes, the library's own functions.

Left out: anything that a hostile author could do through C or by reading this file.
"""

import ast
import operator
import os
import resource
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from interview_prep.judge.forbids import resolve_imports

SECONDS = 10  # that an answer may take with all its checks
MEMORY = 2 << 30  # bytes more than the worker has
OUTPUT = 16 << 20  # bytes of any one file, standard output included
SOURCE = 1 << 20  # bytes
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
REJECTED_NAMES = {  # by which an answer would decide how it is compared, or reach into its caller
    *("__eq__", "__ne__", "__torch_function__", "__array_function__", "__array_ufunc__", "__array_priority__"),
    *("_getframe", "currentframe", "f_back", "f_globals", "f_locals", "tb_frame", "addaudithook"),
}
REJECTED_MODULES = ("ctypes", "cffi", "unittest.mock", "pytest", "_pytest", "interview_prep")  # what only a cheat needs
STARTS = (
    *("os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn"),
    *("os.system", "subprocess.Popen", "pty.spawn"),
)
CHANGES = (
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate"),
    *("os.link", "os.symlink", "os.chmod", "os.chown"),
)
FROZEN_MODULES = (  # their functions
    *("builtins", "math", "operator", "json", "os", "numpy", "pandas", "torch", "torch.autograd"),
    *("torch.optim", "torch.nn.functional", "torch.testing", "numpy.testing", "pandas.testing", "pytest"),
    *("numpy.testing._private.utils", "pandas._testing", "pandas._testing.asserters"),
)
FROZEN_CLASS_MODULES = (  # the methods of their classes as well
    *("_pytest.python_api", "_pytest.raises", "_pytest.runner", "_pytest.python", "_pytest.assertion.rewrite"),
    *("_pytest.assertion.util", "_pytest.fixtures", "pluggy._hooks", "pluggy._manager", "torch.testing._comparison"),
    *(f"interview_prep.judge.{name}" for name in ("attempt", "diagnose", "run_checks", "forbids", "limits")),
)
CLOSED_CLASSES = (
    ("torch", "Tensor"),
    ("pandas", "DataFrame"),
    ("pandas", "Series"),
)  # classes that get no new method either
NO_SUBCLASSES = (
    *CLOSED_CLASSES,
    ("numpy", "ndarray"),
    ("builtins", "float"),
    ("builtins", "complex"),
)  # no answer derives its own
CHANGES_BY_ITSELF = ("Storage",)  # torch.set_default_dtype sets it
COMES_BY_ITSELF = ("__slotnames__",)  # with the first tensor that is pickled


def set_rlimits() -> None:
    """Limit this process for good: memory on top of what it has, the size of files, no core dump."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        size = int(statm.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def find_rejected_names(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """Where a source names what no answer needs but to be taken for right, or imports such a module."""
    for node in nodes:
        has = vars(node)
        named = has.get("attr") or has.get("name") or has.get("value")
        if named in REJECTED_NAMES:
            yield named, getattr(node, "lineno", 0)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            full = [f"{name}." for _, name in resolve_imports([node])]
            yield from (
                (module, node.lineno)
                for module in REJECTED_MODULES
                if any(each.startswith(f"{module}.") for each in full)
            )


class Guard:
    """Refuses, by an audit hook that cannot be taken away, what an answer's frames do to files and processes."""

    def __init__(self, answer: str, drill: Path, scratch: Path) -> None:
        self.answer, self.drill, self.scratch = answer, drill, scratch
        self.refused = ""
        self.line = 0

    def refuse(self, reason: str, line: int) -> None:
        """Note it for the verdict: the answer may catch what is raised."""
        self.refused, self.line = self.refused or reason, self.line or line

    def install_audit_hook(self) -> None:
        actions: dict[str, Callable[[tuple[Any, ...]], str]] = {"open": self.check_open}
        actions |= dict.fromkeys(("os.kill", "os.killpg"), self.check_kill)
        actions |= dict.fromkeys(STARTS, lambda _: "starts a process")
        actions |= dict.fromkeys(CHANGES, self.check_change)
        actions |= dict.fromkeys(("socket.connect", "socket.bind"), lambda _: "uses the network")
        looking = False  # to look for the caller is an event itself

        def hook(event: str, args: tuple[Any, ...]) -> None:
            nonlocal looking
            action = None if looking else actions.get(event)
            if action:
                looking = True
                frame = self.answer_frame(sys._getframe(1))  # noqa: SLF001 - as in forbids.py
                does = action(args) if frame else ""
                looking = False
                if frame and does:
                    self.refuse(f"It {does}.", frame.f_lineno)
                    raise PermissionError(f"An answer that is judged may not do this: it {does}.")

        sys.addaudithook(hook)

    def answer_frame(self, frame: FrameType | None) -> FrameType | None:
        """The frame of the answer that calls, if no check has been called since."""
        checks = str(self.drill / "test_answer.py")
        while frame and frame.f_code.co_filename not in (self.answer, checks):
            frame = frame.f_back
        return frame if frame and frame.f_code.co_filename == self.answer else None

    def check_open(self, args: tuple[Any, ...]) -> str:
        if not isinstance(args[0], str | bytes | os.PathLike):
            return ""
        path = Path(os.path.realpath(os.fsdecode(args[0])))
        if path.is_relative_to(self.drill):
            return f"reads {path.name} of the drill"
        return "" if not args[2] & WRITES or self.may_write(path) else f"writes {path}"

    def check_change(self, args: tuple[Any, ...]) -> str:
        named = (each for each in args if isinstance(each, str | bytes | os.PathLike))
        paths = (Path(os.path.realpath(os.fsdecode(each))) for each in named)
        return next((f"changes {path}" for path in paths if not self.may_write(path)), "")

    def may_write(self, path: Path) -> bool:
        return path == Path(os.devnull) or path.is_relative_to(self.scratch)

    def check_kill(self, args: tuple[Any, ...]) -> str:
        return "" if args[0] == os.getpid() else "sends a signal to another process"


class TamperDetector:
    """Whether what the checks rely on is still what was there before the answer: modules, their functions, classes."""

    def __init__(self) -> None:
        self.modules = {
            name: sys.modules[name] for name in (*FROZEN_MODULES, *FROZEN_CLASS_MODULES) if name in sys.modules
        }
        self.closed = [getattr(sys.modules[module], name) for module, name in CLOSED_CLASSES]
        deep = (each for name in FROZEN_CLASS_MODULES if name in sys.modules for each in own_classes(sys.modules[name]))
        self.before: list[tuple[Any, dict[str, Any]]] = []
        for space in (*self.modules.values(), *self.closed, *deep):
            self.before.append((space, dict(filter(is_watched, vars(space).items()))))
        self.names = [{*vars(space), *COMES_BY_ITSELF} for space in self.closed]

    def accept_replacements(self, changes: Iterable[tuple[Any, str]]) -> None:
        """Take what the judge itself has replaced for what was there."""
        for owner, name in changes:
            for space, before in self.before:
                if space is owner and name in before:
                    before[name] = vars(space)[name]
            for space, names in zip(self.closed, self.names, strict=True):
                if space is owner:
                    names.add(name)

    def watch_module(self, module: ModuleType) -> None:
        """Watch all that the module of the checks holds as well."""
        self.before.append((module, dict(vars(module))))

    def find_tampering(self) -> str:
        """A sentence on what was replaced, or ""; by identity, as an answer may say what is equal to it."""
        for name, module in self.modules.items():
            if sys.modules.get(name) is not module:
                return f"It replaces the module {name}."
        for space, before in self.before:
            if not all(map(operator.is_, before.values(), map(vars(space).get, before))):
                name = next(name for name, value in before.items() if vars(space).get(name) is not value)
                return f"It replaces {space.__name__}.{name}."
        for space, names in zip(self.closed, self.names, strict=True):
            added = vars(space).keys() - names
            if added:
                return f"It gives {space.__name__} another {min(added)}."
        for place, name in NO_SUBCLASSES:
            own = [
                each.__name__
                for each in all_subclasses(getattr(sys.modules[place], name))
                if each.__module__ == "answer"
            ]
            if own:
                return f"It defines a kind of {name}, {own[0]}, which would decide itself how it is compared."
        return ""


def own_classes(module: ModuleType) -> list[type]:
    """The classes that a module defines itself."""
    return [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__]


def all_subclasses(kind: type) -> Iterator[type]:
    """The classes that derive from one, near and far."""
    found: list[type] = kind.__subclasses__()
    for heir in found:
        yield heir
        yield from all_subclasses(heir)


def is_watched(item: tuple[str, Any]) -> bool:
    name, value = item
    kinds = (ModuleType, classmethod, staticmethod, property)
    return name not in CHANGES_BY_ITSELF and (callable(value) or isinstance(value, kinds))
