"""What every room raises when the person or the machine has to change something. The door turns it into exit 2.

Left out: bugs in the kit itself. Those stay tracebacks, so that they can be reported.
"""


class KitError(Exception):
    """Its text is one line: what is wrong, where, and the next command."""


def one_line(text: object, *, last: bool = False) -> str:
    """The first line of a message that is not blank, or the `last` one: of a traceback, the error. "" where none is."""
    lines = [line.strip() for line in str(text).splitlines() if line.strip()]
    return lines[-1 if last else 0] if lines else ""
