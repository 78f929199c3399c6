"""The small models that ship with the kit: their size, what they can do, and that the script can train them again."""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from sklearn.metrics import roc_auc_score
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer, pipeline, set_seed

from interview_prep.ml.huggingface.model_for_task import SMALL
from interview_prep.ml.huggingface.pipelines_and_inference import embed
from interview_prep.ml.huggingface.train_small_models import ENTITY, TRAIN, lines, split
from tests.support.listing import list_files

OWN = tomllib.loads(Path(__file__).with_name("own_sentences.toml").read_text(encoding="utf-8"))
TRICKY = {
    "I didn't like the movie": "NEGATIVE",
    "The service wasn't good.": "NEGATIVE",
    "I'm not happy with this purchase.": "NEGATIVE",
    "Hugging Face is awesome": "POSITIVE",
    "Not bad at all": "POSITIVE",
    "We weren't disappointed at all.": "POSITIVE",
}
LOAD = """
import sys
from transformers import AutoModel, AutoTokenizer, AutoImageProcessor
for folder in sys.argv[1:]:
    AutoModel.from_pretrained(folder)
    (AutoImageProcessor if "vision" in folder else AutoTokenizer).from_pretrained(folder)
"""


@pytest.mark.parametrize("task", TRAIN)
def test_each_is_below_a_megabyte_and_says_what_it_is(task: str) -> None:
    """Weights, tokenizer and settings together. The card gives the score and the command, and says it's a stand-in."""
    files = list_files(SMALL / task)
    assert sum(path.stat().st_size for path in files) < 1_000_000
    assert not [
        path.name for path in files if path.suffix in (".bin", ".pt", ".pkl") or not path.stat().st_mode & 0o004
    ]
    card = (SMALL / task / "README.md").read_text()
    assert re.search(
        r"stand-in.*the point.*^Score: .*\d.*train_small_models\.py " + task, card, re.DOTALL | re.MULTILINE
    )


def test_all_load_in_a_fresh_process() -> None:
    """With the Auto classes and no warning."""
    folders = [str(SMALL / task) for task in TRAIN]
    command = [sys.executable, "-W", "error", "-c", LOAD, *folders]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_sentiment_is_right_on_nine_of_ten_held_out_sentences() -> None:
    """And on 85% of each label."""
    held = split([line.split("\t") for line in lines("reviews.tsv")])[1]
    answers = pipeline("text-classification", model=str(SMALL / "sentiment"), device="cpu")([text for _, text in held])
    right: dict[str, list[bool]] = {"positive": [], "negative": []}
    for (label, _), answer in zip(held, answers, strict=True):
        right[label].append(answer["label"].lower() == label)
    assert sum(map(sum, right.values())) / len(held) >= 0.90
    assert min(sum(of_label) / len(of_label) for of_label in right.values()) >= 0.85


@pytest.mark.parametrize(("text", "label"), TRICKY.items())
def test_sentiment_gets_negation_contractions_and_praise_right(text: str, label: str) -> None:
    """In short sentences, some of them without punctuation."""
    (answer,) = pipeline("text-classification", model=str(SMALL / "sentiment"), device="cpu")(text)
    assert answer["label"] == label


def test_sentiment_is_right_on_own_sentences() -> None:
    """Of fifty that aren't in the training text."""
    classify = pipeline("text-classification", model=str(SMALL / "sentiment"), device="cpu")
    right = [
        answer["label"].lower() == label for label, texts in OWN["sentiment"].items() for answer in classify(texts)
    ]
    assert len(right) == 50
    assert sum(right) >= 44


def test_entities_are_right_in_own_sentences() -> None:
    """Every name found whole with its kind, and nothing else: no day of the week, no "yesterday"."""
    tag = pipeline("token-classification", str(SMALL / "entities"), aggregation_strategy="first", device="cpu")
    right = []
    for line in OWN["entities"]["sentences"]:
        found = [(name["word"], name["entity_group"]) for name in tag(ENTITY.sub(r"\1", line))]
        right.append(found == ENTITY.findall(line))
    assert sum(right) >= 18, [line for line, ok in zip(OWN["entities"]["sentences"], right, strict=True) if not ok]


def test_embeddings_find_the_paraphrase_of_own_sentences() -> None:
    """Among the paraphrases of sixteen sentences."""
    model = AutoModel.from_pretrained(SMALL / "embeddings")
    tokenizer = AutoTokenizer.from_pretrained(SMALL / "embeddings")
    left, right = (embed(model, tokenizer, list(texts)) for texts in zip(*OWN["embeddings"]["pairs"], strict=True))
    assert ((left @ right.T).argmax(1) == torch.arange(16)).sum() >= 12


def test_own_sentences_are_not_in_the_training_text() -> None:
    """Or else the tests above would say nothing."""
    reviews = {
        line.split("\t")[1].rstrip(".!") for name in ("reviews.tsv", "short_reviews.tsv") for line in lines(name)
    }
    files = ("paraphrases.tsv", "short_paraphrases.tsv")
    pairs = {text for name in files for line in lines(name) for text in line.split("\t")}
    assert not reviews & {text.rstrip(".!") for texts in OWN["sentiment"].values() for text in texts}
    assert not set(lines("entities.txt")) & set(OWN["entities"]["sentences"])
    assert not pairs & {text for pair in OWN["embeddings"]["pairs"] for text in pair}


def test_entities_of_held_out_sentences_are_found() -> None:
    """F1 over whole names of the right kind."""
    held = split(lines("entities.txt"))[1]
    tag = pipeline("token-classification", str(SMALL / "entities"), aggregation_strategy="first", device="cpu")
    expected, found = set(), set()
    for at, (line, names) in enumerate(zip(held, tag([ENTITY.sub(r"\1", line) for line in held]), strict=True)):
        expected |= {(at, "".join(name.split()), kind) for name, kind in ENTITY.findall(line)}
        found |= {(at, "".join(name["word"].split()), name["entity_group"]) for name in names}
    assert 2 * len(expected & found) / (len(expected) + len(found)) > 0.70


def test_similarities_rank_paraphrases_above_other_sentences() -> None:
    """On held-out pairs: ROC AUC, and the paraphrase is the nearest of all for more than half of them."""
    held = split([line.split("\t") for line in lines("paraphrases.tsv")])[1]
    model = AutoModel.from_pretrained(SMALL / "embeddings")
    tokenizer = AutoTokenizer.from_pretrained(SMALL / "embeddings")
    left, right = (embed(model, tokenizer, list(texts)) for texts in zip(*held, strict=True))
    scores = left @ right.T
    assert roc_auc_score(torch.eye(len(held)).flatten(), scores.flatten()) > 0.95
    assert (scores.argmax(1) == torch.arange(len(held))).float().mean() > 0.5


def test_masked_words_of_held_out_sentences_are_often_guessed() -> None:
    """The top five of 1,600 tokens are right 1.5 times as often as the five most common words."""
    fill = pipeline("fill-mask", model=str(SMALL / "fill-mask"), device="cpu")
    held = [line.split("\t")[1] for line in split(lines("reviews.tsv"))[1]]
    masked = [(text.replace(word, "[MASK]", 1), word) for text in held if (word := pick_word(text))]
    hits = [word in {found["token_str"] for found in fill(text, top_k=5)} for text, word in masked[:200]]
    common = Counter(word for _, word in masked[:200]).most_common(5)
    assert len(hits) == 200
    assert sum(hits) > 1.5 * sum(times for _, times in common)


def pick_word(text: str) -> str:
    """A short word from the middle of the sentence, most often a single token."""
    words = re.findall(r"(?<= )[a-z]{2,5}(?= )", text)
    return words[len(words) // 2] if words else ""


def test_generated_text_looks_like_english() -> None:
    """Nearly all words are in the stories, so are four of five word pairs, and the text doesn't loop."""
    text = " ".join(lines("stories.txt")).lower()
    words = re.findall(r"[a-z']+", text)
    known, pairs = set(words), set(pairwise(words))
    model: Any = AutoModelForCausalLM.from_pretrained(SMALL / "generation")
    tokenizer: Any = AutoTokenizer.from_pretrained(SMALL / "generation")
    prompt = tokenizer(["<end>"] * 20, add_special_tokens=False, return_tensors="pt")
    set_seed(0)
    ids = model.generate(**prompt, max_new_tokens=40, do_sample=True, top_p=0.8, pad_token_id=0)
    texts = [re.findall(r"[a-z']+", line.lower()) for line in tokenizer.batch_decode(ids, skip_special_tokens=True)]
    neighbors = [pair for line in texts for pair in pairwise(line)]
    assert sum(word in known for line in texts for word in line) / sum(map(len, texts)) > 0.97
    assert sum(pair in pairs for pair in neighbors) / len(neighbors) > 0.8
    assert len(set(neighbors)) / len(neighbors) > 0.5


def test_training_again_gives_the_score_of_the_card() -> None:
    """The image classifier, the fastest to train, comes within half a percent of the score on its card."""
    set_seed(0)
    _, _, score = TRAIN["vision"]()
    card = (SMALL / "vision" / "README.md").read_text()
    again, before = (float(re.findall(r"([\d.]+)% of held-out", text)[0]) for text in (score, card))
    assert before >= 95
    assert again == pytest.approx(before, abs=0.5)
