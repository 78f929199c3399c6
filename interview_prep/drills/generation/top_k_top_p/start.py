"""Filter the logits of the next token by temperature, top-k and top-p."""

from torch import Tensor


def filter_logits(
    logits: Tensor, temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None
) -> Tensor:
    """(..., V) -> (..., V): logits / temperature where a token is kept, -inf elsewhere.

    Raises ValueError unless temperature > 0, top_k >= 1 and 0 < top_p <= 1.
    """
    raise NotImplementedError
