"""A terminal that hands over each key as it is pressed and shows none, also across Ctrl-Z, fg and bg.

Left out: what the keys mean.
"""

import contextlib
import errno
import os
import re
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from typing import Any

ESCAPE_SEQUENCES = re.compile(r"\x1b(\[[0-9;]*[a-z~]|o[a-z])?")  # what arrows and the like send, in lower case


@contextlib.contextmanager
def read_single_keys(on_continue: Callable[[], None]) -> Iterator[None]:
    """Put the terminal into single-key mode, and back at the end.

    Ctrl-Z gives it back to the shell as it was, and `fg` takes it again; then `on_continue` is called, as the shell has
    written on the screen.
    """
    shell_mode = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    key_mode = termios.tcgetattr(sys.stdin)

    def stop(*_: object) -> None:
        if os.getppid() <= 1:  # a container without a shell: nobody could type `fg`
            return
        set_terminal_mode(shell_mode)
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # returns when the process is continued
        resume()

    def resume(*_: object) -> None:
        signal.signal(signal.SIGTSTP, stop)
        set_terminal_mode(key_mode)
        on_continue()

    actions = {signal.SIGTSTP: stop, signal.SIGCONT: resume}
    earlier_handlers = {number: signal.signal(number, action) for number, action in actions.items()}
    try:
        yield
    finally:
        for number, handler in earlier_handlers.items():
            signal.signal(number, handler)
        set_terminal_mode(shell_mode)


def set_terminal_mode(mode: list[Any]) -> None:
    """Give the terminal a mode. In the background (`bg`) this stops the process until `fg`, and is then tried again."""
    while True:
        try:
            return termios.tcsetattr(sys.stdin, termios.TCSADRAIN, mode)
        except termios.error as error:
            if error.args[0] != errno.EINTR:
                raise


def read_keys() -> str:
    """Read the waiting keys, in lower case, without arrows and the like. Raises EOFError at the end of the input."""
    typed = os.read(sys.stdin.fileno(), 64)
    if not typed:
        raise EOFError
    return ESCAPE_SEQUENCES.sub("", typed.decode(errors="ignore").lower())
