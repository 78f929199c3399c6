"""A pre-norm transformer block as in GPT-2."""

from torch import Tensor, nn


class Block(nn.Module):
    """Causal self-attention and an MLP, each with a norm before it and a residual around it."""

    def __init__(self, width: int, heads: int, dropout: float = 0.0) -> None:
        """Raises ValueError if heads doesn't divide width. Your `forward` uses these submodules."""
        super().__init__()
        self.heads = heads
        self.norm_1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, D) -> (B, T, D)."""
        raise NotImplementedError
