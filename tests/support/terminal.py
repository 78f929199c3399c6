"""A program in a pseudo-terminal, for tests of what it draws and for benchmarks of how soon."""

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

    def read_screen(self, text: str, seconds: float = 120) -> str:
        """Read until a whole redraw with this text has come; return it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read_some(end)
            screen = strip_control_sequences(self.raw.rpartition(b"\x1b[H")[2])
            if text in screen and KEYS in screen:
                self.raw = b""
                return screen
        raise TimeoutError(f"{text!r} does not come. There is:\n{strip_control_sequences(self.raw)[-2000:]}")

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Read until this text has come, whoever writes it."""
        end = time.monotonic() + seconds
        while text not in strip_control_sequences(self.raw):
            if time.monotonic() > end:
                raise TimeoutError(f"{text!r} does not come. There is:\n{strip_control_sequences(self.raw)[-2000:]}")
            self.read_some(end)
        self.raw = b""

    def read_some(self, end: float) -> None:
        """Read what the program writes next; nothing where it writes nothing until `end`."""
        if select.select([self.descriptor], [], [], max(0, end - time.monotonic()))[0]:
            try:
                self.raw += os.read(self.descriptor, 1 << 16)
            except OSError:  # the program has ended
                raise EOFError(f"It ended. There is:\n{strip_control_sequences(self.raw)[-2000:]}") from None

    def has_shell_mode(self) -> bool:
        """Whether the terminal hands over whole lines and shows what is typed, as a shell expects."""
        modes: int = termios.tcgetattr(self.descriptor)[3]
        return bool(modes & termios.ECHO and modes & termios.ICANON)

    def close(self) -> None:
        """Kill it."""
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.descriptor)

    def wait_for_exit(self) -> int:
        """Wait until it ends by itself; return its exit code."""
        with contextlib.suppress(OSError):
            while os.read(self.descriptor, 1 << 16):
                pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def strip_control_sequences(data: bytes) -> str:
    """The text that a terminal would show."""
    return re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|\]8;.*?\x1b\\)", "", data.decode(errors="ignore")).replace("\r", "")
