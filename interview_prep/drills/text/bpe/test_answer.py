"""Byte-pair encoding against a spec that walks over every word of the text, and against stored merges."""

import random

import pytest
from answer import encode, train


def replaced(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    """From left to right, by recursion."""
    if len(symbols) < 2:
        return symbols
    if (symbols[0], symbols[1]) == pair:
        return [symbols[0] + symbols[1], *replaced(symbols[2:], pair)]
    return [symbols[0], *replaced(symbols[1:], pair)]


def by_loops(text: str, count: int) -> list[tuple[str, str]]:
    """Slow and obvious: every word of the text, repeated ones too."""
    words = [list(word) for word in text.split()]
    merges = []
    for _ in range(count):
        pairs = [(word[i], word[i + 1]) for word in words for i in range(len(word) - 1)]
        if not pairs:
            break
        most = max(pairs.count(pair) for pair in pairs)
        merges.append(min(pair for pair in pairs if pairs.count(pair) == most))
        words = [replaced(word, merges[-1]) for word in words]
    return merges


def random_text(seed: int) -> str:
    """Sixty words, eight of them distinct. The first eight merges with seeds 9, 195 and 221 meet no tie."""
    draw = random.Random(seed)  # noqa: S311, no secret
    words = ["".join(draw.choices("abcd", k=draw.randint(1, 5))) for _ in range(8)]
    return " ".join(draw.choices(words, weights=range(1, 9), k=60))


def test_example_train() -> None:
    """Learns the merges in the prompt."""
    assert train("low low lower newer", 3) == [("l", "o"), ("lo", "w"), ("e", "r")]


def test_example_encode() -> None:
    """Encodes the words in the prompt."""
    merges = [("l", "o"), ("lo", "w"), ("e", "r")]
    assert encode("slower owl", merges) == ["s", "low", "er", "o", "w", "l"]


@pytest.mark.parametrize("seed", [9, 195, 221])
def test_train_random_text(seed: int) -> None:
    """Learns the same merges as a plain version on random words without ties."""
    text = random_text(seed)
    assert train(text, 7) == by_loops(text, 7)


def test_digits_and_punctuation_in_training() -> None:
    """Learns from digits and punctuation as it does from letters."""
    assert train("x1 x1 x1 y. y. ab", 2) == [("x", "1"), ("y", ".")]


def test_any_whitespace_in_encoding() -> None:
    """Splits at newlines, tabs and multiple spaces when it encodes."""
    assert encode(" ab\nab  ab\tab\n", [("a", "b")]) == ["ab", "ab", "ab", "ab"]


def test_capitals_in_training() -> None:
    """Tells capitals from lowercase letters in training."""
    assert train("AB AB Ab", 1) == [("A", "B")]


def test_capitals_in_encoding() -> None:
    """Keeps capitals, and only merges what the merges spell that way."""
    assert encode("Ab ab", [("a", "b")]) == ["A", "b", "ab"]


@pytest.mark.edge
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ties_of_random_text(seed: int) -> None:
    """Learns the same merges as a plain version on random words with ties."""
    text = random_text(seed)
    assert train(text, 20) == by_loops(text, 20)


@pytest.mark.edge
def test_ties_of_capitals() -> None:
    """Puts capitals before lowercase letters in a tie, as Python does."""
    assert train("ax Bx", 1) == [("B", "x")]


@pytest.mark.edge
def test_ties_of_pairs_not_of_what_they_join_to() -> None:
    """Compares pairs, not what they join to: ("a", "bc") before ("ab", "b")."""
    text = " ".join(["bc"] * 12 + ["ab"] * 8 + ["abc"] * 2 + ["abb"] * 2)
    assert train(text, 3) == [("b", "c"), ("a", "b"), ("a", "bc")]


@pytest.mark.edge
def test_long_word() -> None:
    """Encodes a word of thousands of characters."""
    assert encode("a" * 3000, [("a", "a")]) == ["aa"] * 1500


def test_repeated_words() -> None:
    """Counts a pair as often as its words occur in the text."""
    assert train("xy xy ab abc abd", 1) == [("a", "b")]
    assert train("xy xy xy xy ab abc abd", 1) == [("x", "y")]


@pytest.mark.edge
def test_ties() -> None:
    """Takes the smallest of equally frequent pairs, whichever comes first."""
    assert train("zy yz ab ba", 4) == [("a", "b"), ("b", "a"), ("y", "z"), ("z", "y")]


@pytest.mark.edge
def test_ties_of_merged_symbols() -> None:
    """Compares symbols as strings, not by when they were made."""
    assert train("abq abq bz bz", 3) == [("a", "b"), ("ab", "q"), ("b", "z")]


def test_pairs_that_overlap() -> None:
    """Counts the pair in "aaa" twice and joins it once."""
    assert train("aaa bc", 2) == [("a", "a"), ("aa", "a")]


def test_counts_anew_after_a_merge() -> None:
    """Forgets pairs that a merge has destroyed."""
    assert train("abc abc abc abc bc", 2) == [("b", "c"), ("a", "bc")]


def test_words_are_apart() -> None:
    """Joins nothing across two words, whatever whitespace separates them."""
    assert train("a b\na b\ta  b", 2) == []


def test_stops_early() -> None:
    """Stops when every word is one symbol."""
    assert train("ab abc", 99) == [("a", "b"), ("ab", "c")]


def test_no_merges() -> None:
    """Learns nothing if count is 0."""
    assert train("ab ab", 0) == []


def test_empty_text() -> None:
    """Learns nothing from an empty text, and encodes it as an empty list."""
    assert train(" \n", 3) == []
    assert encode("", [("a", "b")]) == []


def test_encode_joins_from_the_left() -> None:
    """Joins equal characters from left to right, without overlap."""
    assert encode("aaaaa", [("a", "a"), ("aa", "aa")]) == ["aaaa", "a"]


def test_encode_in_the_order_learned() -> None:
    """Replays the merges in order and doesn't look for the longest token."""
    merges = [("b", "c"), ("a", "b"), ("ab", "d")]
    assert encode("abcd abd", merges) == ["a", "bc", "d", "abd"]


def test_encode_whole_symbols_only() -> None:
    """Joins symbols that equal the pair, not symbols that only end like it."""
    merges = [("b", "a"), ("a", "c")]
    assert encode("bac ac bbac", merges) == ["ba", "c", "ac", "b", "ba", "c"]


def test_encode_unseen_characters() -> None:
    """Keeps characters that training never saw, outside ASCII too."""
    assert encode("naïve 🙂ab a.b", [("a", "b")]) == ["n", "a", "ï", "v", "e", "🙂", "ab", "a", ".", "b"]


def test_encode_without_merges() -> None:
    """Returns single characters if there are no merges."""
    assert encode("ab c", []) == ["a", "b", "c"]


@pytest.mark.parametrize("seed", [3, 4])
def test_encode_random_text(seed: int) -> None:
    """Encodes new random words as a plain version does."""
    merges, text = by_loops(random_text(seed), 6), random_text(seed + 10)
    expected = [list(word) for word in text.split()]
    for pair in merges:
        expected = [replaced(word, pair) for word in expected]
    assert encode(text, merges) == [symbol for word in expected for symbol in word]


@pytest.mark.edge
def test_merges_unchanged() -> None:
    """Doesn't modify the list of merges."""
    merges = [("a", "b"), ("ab", "c")]
    encode("abc abd", merges)
    assert merges == [("a", "b"), ("ab", "c")]
