"""Byte-pair encoding over the characters of words. No bytes, no special tokens, no incremental counts."""

from collections import Counter
from itertools import pairwise


def merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """The word with the pair joined, from left to right, without overlap."""
    symbols, i = [], 0
    while i < len(word):
        width = 2 if word[i : i + 2] == pair else 1
        symbols.append("".join(word[i : i + width]))
        i += width
    return tuple(symbols)


def train(text: str, count: int) -> list[tuple[str, str]]:
    """Up to `count` merges in the order learned: the most frequent pair at each step, the smallest on ties."""
    words = Counter(tuple(word) for word in text.split())
    merges: list[tuple[str, str]] = []
    while len(merges) < count:
        counts: Counter[tuple[str, str]] = Counter()  # recounted each time: a merge changes the pairs next to it
        for word, times in words.items():
            for pair in pairwise(word):
                counts[pair] += times
        if not counts:
            break
        merges.append(min(counts, key=lambda pair: (-counts[pair], pair)))
        words = Counter({merged(word, merges[-1]): times for word, times in words.items()})
    return merges


def encode(text: str, merges: list[tuple[str, str]]) -> list[str]:
    """The symbols of all words in the text, after applying all merges in order."""
    symbols: list[str] = []
    for characters in text.split():
        word = tuple(characters)
        for pair in merges:
            word = merged(word, pair)
        symbols += word
    return symbols
