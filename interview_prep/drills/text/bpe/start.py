"""Byte-pair encoding over the characters of words: training and encoding."""


def train(text: str, count: int) -> list[tuple[str, str]]:
    """Up to `count` merges in the order learned: the most frequent pair at each step."""
    raise NotImplementedError


def encode(text: str, merges: list[tuple[str, str]]) -> list[str]:
    """The symbols of all words in the text, after applying all merges in order."""
    raise NotImplementedError
