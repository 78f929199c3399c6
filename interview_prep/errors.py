"""What every room raises when the person or the machine has to change something. The door turns it into exit 2.

Left out: faults in the kit itself. Those stay tracebacks, so that they can be reported.
"""


class KitError(Exception):
    """Its text is one line: what is wrong, where, and the next command."""
