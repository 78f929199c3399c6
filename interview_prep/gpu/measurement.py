"""One measured quantity: its value, how sure it is, how far its result was from float64 on the CPU. Data only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """What was measured, or why it was not."""

    name: str
    value: float = 0.0
    unit: str = ""
    limit: str = ""  # the peak that it is held against, as in "bf16" or "bandwidth"; "" where there is none
    spread: float = 0.0  # between samples, as a share of the value
    error: float | None = (
        None  # the largest relative difference from float64 on the CPU; None where nothing is compared
    )
    tolerance: float = 0.0  # what rounding may make of it
    skip_reason: str = ""  # why there is no value
    failed: bool = False  # there is none because the device or its libraries failed

    @property
    def is_wrong(self) -> bool:
        """Is the result further off than rounding explains? NaN is."""
        return self.error is not None and not self.error <= self.tolerance
