"""Standard streams that are not in UTF-8, are closed, or end on a full disk, and how a task ends then: no traceback.

Left out: width and colors, which rich finds out.
"""

import codecs
import io
import os
import sys
import unicodedata

STAND_INS = {  # for what a terminal in ASCII or Latin-1 cannot show
    "✓": "+",
    "✗": "x",
    "•": "*",
    "·": "-",
    "→": "->",
    "←": "<-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "√": "sqrt",
    "\u00d7": "x",  # the multiplication sign
    "\u2212": "-",  # minus
    "\u2013": "-",  # dashes
    "\u2014": "--",
    "\u2018": "'",  # quotation marks
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
}
SIGPIPE_EXIT_CODE = 128 + 13  # what a shell reports of a program that SIGPIPE ended, because its reader is gone


def encode_stand_in(error: UnicodeError) -> tuple[str, int]:
    """Handle an encoding error: a known stand-in, else the letter without its accent, else a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    replacements = (STAND_INS.get(each) or unicodedata.normalize("NFKD", each) for each in text)
    return "".join(part.encode("ascii", "ignore").decode() or "?" for part in replacements), error.end


def prepare_streams() -> None:
    """Make the streams print a stand-in for what their encoding lacks, and open those that were closed."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:  # closed: the next file to be opened, such as the history, would get its number
            os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin or open(0, encoding="utf-8")  # noqa: SIM115 - until the end
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8")  # noqa: SIM115 - as above
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8")  # noqa: SIM115 - as above
    codecs.register_error("stand-in", encode_stand_in)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="stand-in")


def flush_streams() -> None:
    """Empty the buffers, which a forked child would print again and a process that is replaced would lose."""
    sys.stdout.flush()
    sys.stderr.flush()


def finish_output() -> str:
    """Write what is still in standard output's buffer; return why that cannot be done, or ""."""
    try:
        sys.stdout.flush()
    except OSError as error:
        drop_output()
        return error.strerror or str(error)
    return ""


def drop_output() -> None:
    """Send standard output nowhere, so that Python does not fail when it writes the rest at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
