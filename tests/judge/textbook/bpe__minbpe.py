"""minbpe's get_stats and merge over words, the tie broken by a key of (-count, pair)."""

from collections import Counter


def merge(ids: list[str], pair: tuple[str, str]) -> list[str]:
    newids = []
    i = 0
    while i < len(ids):
        if i < len(ids) - 1 and ids[i] == pair[0] and ids[i + 1] == pair[1]:
            newids.append(pair[0] + pair[1])
            i += 2
        else:
            newids.append(ids[i])
            i += 1
    return newids


def train(text: str, count: int) -> list[tuple[str, str]]:
    words = [list(word) for word in text.split()]
    merges: list[tuple[str, str]] = []
    for _ in range(count):
        stats: Counter[tuple[str, str]] = Counter()
        for word in words:
            for pair in zip(word, word[1:]):
                stats[pair] += 1
        if not stats:
            break
        best = min(stats, key=lambda p: (-stats[p], p))
        words = [merge(word, best) for word in words]
        merges.append(best)
    return merges


def encode(text: str, merges: list[tuple[str, str]]) -> list[str]:
    tokens = []
    for word in text.split():
        symbols = list(word)
        for pair in merges:
            symbols = merge(symbols, pair)
        tokens.extend(symbols)
    return tokens
