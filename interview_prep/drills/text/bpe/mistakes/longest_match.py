"""Encode by replaying the merges in order. Taking the longest token first is what WordPiece does."""

from collections import Counter
from itertools import pairwise


def merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    symbols, i = [], 0
    while i < len(word):
        width = 2 if word[i : i + 2] == pair else 1
        symbols.append("".join(word[i : i + width]))
        i += width
    return tuple(symbols)


def train(text: str, count: int) -> list[tuple[str, str]]:
    words = Counter(tuple(word) for word in text.split())
    merges: list[tuple[str, str]] = []
    while len(merges) < count:
        counts: Counter[tuple[str, str]] = Counter()
        for word, times in words.items():
            for pair in pairwise(word):
                counts[pair] += times
        if not counts:
            break
        merges.append(min(counts, key=lambda pair: (-counts[pair], pair)))
        words = Counter({merged(word, merges[-1]): times for word, times in words.items()})
    return merges


def encode(text: str, merges: list[tuple[str, str]]) -> list[str]:
    vocabulary = {a + b for a, b in merges}
    symbols: list[str] = []
    for characters in text.split():
        rest = characters
        while rest:
            longest = max((t for t in vocabulary if rest.startswith(t)), key=len, default=rest[0])
            symbols.append(longest)
            rest = rest[len(longest) :]
    return symbols
