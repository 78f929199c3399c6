# expect: fails: value
"""Look for the secret of the judge's lines wherever they pass, and write forged lines that begin with it."""

import marshal
import os
import threading

import torch

SECRET = 32  # characters
pack = marshal.dumps


def forge(secret):
    """Report on every descriptor that all checks have passed."""
    names = ["test_example", "test_batch[1]", "test_batch[2]", "test_sum", "test_unchanged"]
    checks = [{"check": {"name": name, "description": name, "passed": True}} for name in names]
    core = {"tier": "core", "refused": "", "line": 0}
    for message in ({"collected": [(name, False) for name in names]}, {"imported": True}, *checks, core, {"ended": ""}):
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, secret + pack(message).hex().encode() + b"\n")
            except OSError:
                pass
    os._exit(0)


def read_back(descriptor):
    """Read what the judge writes to a pipe of this process, if the pipe can be opened once more."""
    try:
        again = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY)
    except OSError:
        return
    for line in os.read(again, 1 << 16).split(b"\n"):
        if len(line) > SECRET:
            forge(line[:SECRET])


marshal.dumps = lambda message: forge(b"") if "imported" in message else pack(message)
for descriptor in range(3, 64):
    threading.Thread(target=read_back, args=(descriptor,), daemon=True).start()


def double(x):
    return x
