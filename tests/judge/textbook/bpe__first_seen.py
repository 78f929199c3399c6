"""tokenization_notes' max(pairs, key=pairs.get), so that the first pair seen wins a tie; minbpe's encode by rank."""

from collections import Counter


def merge(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    out: list[str] = []
    i = 0
    while i < len(symbols):
        if tuple(symbols[i : i + 2]) == pair:
            out.append("".join(pair))
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def train(text: str, count: int) -> list[tuple[str, str]]:
    words = {tuple(word): n for word, n in Counter(text.split()).items()}
    merges: list[tuple[str, str]] = []
    while len(merges) < count:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, n in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += n
        if not pairs:
            break
        best = max(pairs, key=pairs.__getitem__)
        merges.append(best)
        words = {tuple(merge(list(word), best)): n for word, n in words.items()}
    return merges


def encode(text: str, merges: list[tuple[str, str]]) -> list[str]:
    rank = {pair: i for i, pair in enumerate(merges)}
    result: list[str] = []
    for word in text.split():
        symbols = list(word)
        while len(symbols) > 1:
            pair = min(zip(symbols, symbols[1:]), key=lambda p: rank.get(p, float("inf")))
            if pair not in rank:
                break
            symbols = merge(symbols, pair)
        result += symbols
    return result
