"""What the judge server is told about a drill: plain data, sent as JSON.

Left out: what people read of a drill, which the catalog has.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class DrillSpec:
    """How to check an answer to one drill."""

    folder: str
    forbids: list[str]  # full names of what an answer may not use; x.* is everything in the module x
    allowed_names: list[str]  # names that are otherwise rejected, which the solution uses as well
    required_names: list[str]  # what the checks import from the answer
