"""A real terminal for tests of what is drawn on one."""

import contextlib
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from fcntl import ioctl

import pytest

from interview_prep.terminal.view import KEYS


class Terminal:
    """A program in a pseudo-terminal of 80 columns, and the screen that it draws."""

    def __init__(self, *command: str, **environment: str) -> None:
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            settings = {**os.environ, "TERM": "xterm-256color", **environment}  # without readline's own COLUMNS
            os.execvpe(command[0], command, settings)
        self.resize(80)
        self.raw = b""

    def resize(self, columns: int) -> None:
        ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))

    def press(self, key: str) -> None:
        os.write(self.descriptor, key.encode())

    def until(self, text: str, seconds: float = 120) -> str:
        """The screen that begins with the last redraw and holds a text."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.descriptor], [], [], 0.05)[0]:
                with contextlib.suppress(OSError):
                    self.raw += os.read(self.descriptor, 1 << 16)
            screen = plain(self.raw.rpartition(b"\x1b[H")[2])
            if text in screen and KEYS in screen:
                self.raw = b""
                return screen
        pytest.fail(f"{text!r} does not come. There is:\n{plain(self.raw)[-2000:]}")

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Read until a text has come since the last screen, whoever writes it."""
        end = time.monotonic() + seconds
        while text not in plain(self.raw):
            if not select.select([self.descriptor], [], [], max(0, end - time.monotonic()))[0]:
                pytest.fail(f"{text!r} does not come. There is:\n{plain(self.raw)[-2000:]}")
            self.raw += os.read(self.descriptor, 1 << 16)
        self.raw = b""

    def is_as_a_shell_expects(self) -> bool:
        """Whether it hands over whole lines and shows what is typed."""
        modes: int = termios.tcgetattr(self.descriptor)[3]
        return bool(modes & termios.ECHO and modes & termios.ICANON)

    def close(self) -> None:
        """End it, whatever it does."""
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.descriptor)

    def ended(self) -> int:
        """Its exit code, once it ends by itself."""
        with contextlib.suppress(OSError):
            while os.read(self.descriptor, 1 << 16):
                pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def plain(data: bytes) -> str:
    """What a terminal shows: without its control sequences."""
    return re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|\]8;.*?\x1b\\)", "", data.decode(errors="ignore")).replace("\r", "")
