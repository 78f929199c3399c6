"""Word counts, most_common after a sort, and a merge that appends and looks back."""

from collections import Counter


def apply(symbols: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    out: list[str] = []
    rest = list(symbols)
    while rest:
        if rest[:2] == list(pair):
            out.append(pair[0] + pair[1])
            rest = rest[2:]
        else:
            out.append(rest.pop(0))
    return tuple(out)


def train(text: str, count: int) -> list[tuple[str, str]]:
    vocab = Counter(tuple(w) for w in text.split())
    merges = []
    for _ in range(count):
        pairs = Counter()
        for word, freq in vocab.items():
            for a, b in zip(word, word[1:]):
                pairs[a, b] += freq
        if not pairs:
            break
        top = max(pairs.values())
        pair = sorted(p for p, c in pairs.items() if c == top)[0]
        new_vocab = Counter()
        for word, freq in vocab.items():
            new_vocab[apply(word, pair)] += freq
        vocab = new_vocab
        merges.append(pair)
    return merges


def encode(text: str, merges: list[tuple[str, str]]) -> list[str]:
    words = [tuple(w) for w in text.split()]
    for pair in merges:
        words = [apply(w, pair) for w in words]
    return [s for w in words for s in w]
