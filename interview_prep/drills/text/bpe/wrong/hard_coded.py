"""Learn the merges from the text: these are the same whatever it says."""


def merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    symbols, i = [], 0
    while i < len(word):
        width = 2 if word[i : i + 2] == pair else 1
        symbols.append("".join(word[i : i + width]))
        i += width
    return tuple(symbols)


def train(text: str, count: int) -> list[tuple[str, str]]:
    return [("l", "o"), ("lo", "w"), ("e", "r")][:count] if text.split() else []


def encode(text: str, merges: list[tuple[str, str]]) -> list[str]:
    symbols: list[str] = []
    for characters in text.split():
        word = tuple(characters)
        for pair in merges:
            word = merged(word, pair)
        symbols += word
    return symbols
