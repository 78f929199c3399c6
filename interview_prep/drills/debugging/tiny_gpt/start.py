"""A character model: learned positions, pre-norm blocks, causal attention with several heads. It has four bugs."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

TEXT = "she sells sea shells by the sea shore. "


class Attention(nn.Module):
    """Causal self-attention, (B, T, C) -> (B, T, C)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        parts = self.query_key_value(x).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # (B, H, T, D) each
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])  # (B, H, T, T)
        seen = torch.ones(length, length, dtype=torch.bool, device=x.device).tril(diagonal=1)
        weights = scores.masked_fill(~seen, float("-inf")).softmax(dim=-1)
        return self.out((weights @ value).reshape(batch, length, width))


class Block(nn.Module):
    """Attention and an MLP, each added to its input, (B, T, C) -> (B, T, C)."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        x = self.attention(self.norm_1(x))
        return x + self.mlp(self.norm_2(x))


class GPT(nn.Module):
    """Token ids (B, T), T at most `context` -> logits of the next token (B, T, V)."""

    def __init__(self, vocab: int, context: int, width: int = 32, heads: int = 4, layers: int = 2) -> None:
        super().__init__()
        self.context = context
        self.token, self.position = nn.Embedding(vocab, width), nn.Embedding(context, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocab)

    def forward(self, ids: Tensor) -> Tensor:
        positions = self.position(torch.arange(len(ids), device=ids.device))[:, None]
        x = self.token(ids) + positions  # (B, T, C)
        return self.head(self.norm(self.blocks(x)))


def loss_of(model: GPT, ids: Tensor) -> Tensor:
    """Mean cross-entropy of each token of (B, T) but the first, given those before it."""
    logits = model(ids[:, :-1])  # (B, T - 1, V)
    return cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


@torch.no_grad()
def generate(model: GPT, ids: Tensor, count: int) -> Tensor:
    """Append the `count` most likely tokens to (B, T), one at a time -> (B, T + count)."""
    for _ in range(count):
        logits = model(ids[:, -model.context :])[:, -1]  # (B, V)
        ids = torch.cat([ids, logits.argmax(dim=-1, keepdim=True)], dim=1)
    return ids


def main() -> None:
    """Learn the tongue-twister by heart, then say it."""
    torch.manual_seed(0)
    letters = sorted(set(TEXT))
    ids = torch.tensor([letters.index(letter) for letter in TEXT])
    model = GPT(len(letters), context=16)
    windows = ids.repeat(2).unfold(0, model.context + 1, 1)[: len(ids)]  # (39, 17): one starting at each letter
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(301):
        loss = loss_of(model, windows[torch.randint(len(windows), (16,))])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            print(f"step {step:3}  loss {loss.item():.3f}")
    said = generate(model, ids[None, :9], 30)[0]
    print("said:", "".join(letters[i] for i in said))


if __name__ == "__main__":
    main()
