"""Stops an answer from touching files, processes and the network, by an audit hook, and remembers what it tried.

Covered: opening any file of the drill, writing outside the scratch folder, removing, renaming, linking or changing
files elsewhere, starting processes, signals to other processes, connecting and binding sockets. Only the answer's own
calls count: what a check does, or a library that a check called, is allowed.
Left out: what C code does without raising an audit event, and reading files outside the drill's folder.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from interview_prep.judge.messages import Send

WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PROCESS_EVENTS = (
    *("os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn"),
    *("os.system", "subprocess.Popen", "pty.spawn"),
)
CHANGE_EVENTS = (
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate"),
    *("os.link", "os.symlink", "os.chmod", "os.chown"),
)
NETWORK_EVENTS = ("socket.connect", "socket.bind")
KILL_EVENTS = ("os.kill", "os.killpg")
EventArguments = tuple[Any, ...]
Explain = Callable[[EventArguments], str]  # what is wrong with an event, or ""


class Guard:
    """Knows the answer's frames, and keeps the first thing that was refused for the verdict."""

    def __init__(self, drill: Path, scratch: Path, answer: str = "", send: Send = lambda _: None) -> None:
        """`drill` may not be read, only `scratch` may be written; `answer` is set once it is known."""
        self.drill, self.scratch, self.answer, self.send = drill, scratch, answer, send
        self.refused = ""
        self.line = 0

    def refuse(self, reason: str, line: int) -> None:
        """Send the first reason at once: the answer may catch the exception that follows, or end its process."""
        if not self.refused:
            self.refused, self.line = reason, line
            self.send({"refused": reason, "line": line})

    def install_audit_hook(self) -> None:
        """Install the hook for good: Python has no way to remove one."""
        explain_by_event: dict[str, Explain] = {
            "open": self.explain_open,
            **dict.fromkeys(KILL_EVENTS, explain_kill),
            **dict.fromkeys(PROCESS_EVENTS, lambda _: "starts a process"),
            **dict.fromkeys(CHANGE_EVENTS, self.explain_change),
            **dict.fromkeys(NETWORK_EVENTS, lambda _: "uses the network"),
        }
        is_looking = False  # looking at frames raises audit events as well

        def hook(event: str, arguments: EventArguments) -> None:
            nonlocal is_looking
            explain = None if is_looking else explain_by_event.get(event)
            if explain:
                is_looking = True
                frame = self.answer_frame(sys._getframe(1))  # noqa: SLF001 - nothing public tells who calls
                action = explain(arguments) if frame else ""
                is_looking = False
                if frame and action:
                    self.refuse(f"It {action}.", frame.f_lineno)
                    raise PermissionError(f"An answer can't do this here: it {action}.")

        sys.addaudithook(hook)

    def answer_frame(self, frame: FrameType | None) -> FrameType | None:
        """The answer's frame that leads to this call, or None where a check called something since.

        Code that the answer made of a text has another file, but the answer's module, or none.
        """
        checks = str(self.drill / "test_answer.py")
        while frame and frame.f_code.co_filename != checks:
            if frame.f_code.co_filename == self.answer or frame.f_globals.get("__name__", "answer") == "answer":
                return frame
            frame = frame.f_back
        return None

    def explain_open(self, arguments: EventArguments) -> str:
        """What is wrong with opening this file, or ""."""
        name, _, flags = arguments
        if not isinstance(name, str | bytes | os.PathLike):
            return ""
        path = Path(os.path.realpath(os.fsdecode(name)))
        if path.is_relative_to(self.drill):
            return f"reads {path.name} of the drill"
        return "" if not flags & WRITE_FLAGS or self.may_write(path) else f"writes {path}"

    def explain_change(self, arguments: EventArguments) -> str:
        """What is wrong with changing these files, or ""."""
        names = (each for each in arguments if isinstance(each, str | bytes | os.PathLike))
        paths = (Path(os.path.realpath(os.fsdecode(name))) for name in names)
        return next((f"changes {path}" for path in paths if not self.may_write(path)), "")

    def may_write(self, path: Path) -> bool:
        return path == Path(os.devnull) or path.is_relative_to(self.scratch)


def explain_kill(arguments: EventArguments) -> str:
    """What is wrong with this signal, or "": an answer may send signals to its own process."""
    return "" if arguments[0] == os.getpid() else "sends a signal to another process"
