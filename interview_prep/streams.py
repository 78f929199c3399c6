"""Standard output as it comes: not in UTF-8, closed by its reader, or on a full disk. None of them is a traceback.

Left out: how wide it is and whether it has colors, which rich finds out.
"""

import codecs
import io
import os
import sys
import unicodedata

STAND_INS = {  # for what an ASCII or Latin-1 terminal cannot show
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
CLOSED = 128 + 13  # the exit code of a program whose reader has gone: as if SIGPIPE had ended it


def stand_in(error: UnicodeError) -> tuple[str, int]:
    """The codec's error handler: a known stand-in, else the letters below the accents, else a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    plain = (STAND_INS.get(each) or unicodedata.normalize("NFKD", each) for each in text)
    return "".join(part.encode("ascii", "ignore").decode() or "?" for part in plain), error.end


def prepare_streams() -> None:
    """Let the streams print a stand-in for what their encoding lacks, and open those that were closed."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:  # closed, its number would be that of the next file, such as the history
            os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin or open(0, encoding="utf-8")  # noqa: SIM115 - until the end
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8")  # noqa: SIM115 - as above
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8")  # noqa: SIM115 - as above
    codecs.register_error("stand-in", stand_in)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="stand-in")


def finish_output() -> str:
    """Write out what is still in standard output's buffer; why that cannot be done, or ""."""
    try:
        sys.stdout.flush()
    except OSError as error:
        drop_output()
        return error.strerror or str(error)
    return ""


def drop_output() -> None:
    """Send standard output nowhere, so that Python does not try to write the rest at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
