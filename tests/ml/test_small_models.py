"""The small models that ship: what they weigh, what they can, and that the script beside them makes them again."""

import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
import torch
from sklearn.metrics import roc_auc_score
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer, pipeline, set_seed

from interview_prep.ml.huggingface.model_for_task import SMALL
from interview_prep.ml.huggingface.pipelines_and_inference import embed
from interview_prep.ml.huggingface.train_small_models import ENTITY, TRAIN, lines, split
from tests.support.listing import list_files

LOAD = """
import sys
from transformers import AutoModel, AutoTokenizer, AutoImageProcessor
for folder in sys.argv[1:]:
    AutoModel.from_pretrained(folder)
    (AutoImageProcessor if "vision" in folder else AutoTokenizer).from_pretrained(folder)
"""


@pytest.mark.parametrize("task", TRAIN)
def test_each_is_below_a_megabyte_and_says_what_it_is(task: str) -> None:
    """Weights, tokenizer and settings together; the card has its score and its making."""
    files = list_files(SMALL / task)
    assert sum(path.stat().st_size for path in files) < 1_000_000
    assert not [
        path.name for path in files if path.suffix in (".bin", ".pt", ".pkl") or not path.stat().st_mode & 0o004
    ]
    card = (SMALL / task / "README.md").read_text()
    assert re.search(r"stand-in.*^Score: .*\d.*train_small_models\.py " + task, card, re.DOTALL | re.MULTILINE)


def test_all_load_in_a_fresh_process() -> None:
    """By the Auto classes, without a warning."""
    folders = [str(SMALL / task) for task in TRAIN]
    command = [sys.executable, "-W", "error", "-c", LOAD, *folders]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_sentiment_is_right_on_nine_of_ten_held_out_sentences() -> None:
    """Each label by itself, too, nearly."""
    held = split([line.split("\t") for line in lines("reviews.tsv")])[1]
    answers = pipeline("text-classification", model=str(SMALL / "sentiment"), device="cpu")([text for _, text in held])
    right: dict[str, list[bool]] = {"positive": [], "negative": []}
    for (label, _), answer in zip(held, answers, strict=True):
        right[label].append(answer["label"].lower() == label)
    assert sum(map(sum, right.values())) / len(held) >= 0.90
    assert min(sum(of_label) / len(of_label) for of_label in right.values()) >= 0.85


def test_entities_of_held_out_sentences_are_found() -> None:
    """Whole names with the right kind: most of those that are there, and few that are not."""
    held = split(lines("entities.txt"))[1]
    tag = pipeline("token-classification", str(SMALL / "entities"), aggregation_strategy="first", device="cpu")
    due, found = set(), set()
    for at, (line, names) in enumerate(zip(held, tag([ENTITY.sub(r"\1", line) for line in held]), strict=True)):
        due |= {(at, "".join(name.split()), kind) for name, kind in ENTITY.findall(line)}
        found |= {(at, "".join(name["word"].split()), name["entity_group"]) for name in names}
    assert 2 * len(due & found) / (len(due) + len(found)) > 0.70  # F1


def test_similarities_rank_paraphrases_over_strangers() -> None:
    """Of held-out pairs: the area under the curve, and the nearest of all for the half of them."""
    held = split([line.split("\t") for line in lines("paraphrases.tsv")])[1]
    model = AutoModel.from_pretrained(SMALL / "embeddings")
    tokenizer = AutoTokenizer.from_pretrained(SMALL / "embeddings")
    left, right = (embed(model, tokenizer, list(texts)) for texts in zip(*held, strict=True))
    scores = left @ right.T
    assert roc_auc_score(torch.eye(len(held)).flatten(), scores.flatten()) > 0.95
    assert (scores.argmax(1) == torch.arange(len(held))).float().mean() > 0.5


def test_masked_words_of_held_out_sentences_are_often_guessed() -> None:
    """By the first five of 1,600 pieces, half as often again as by the five commonest words."""
    fill = pipeline("fill-mask", model=str(SMALL / "fill-mask"), device="cpu")
    held = [line.split("\t")[1] for line in split(lines("reviews.tsv"))[1]]
    masked = [(text.replace(word, "[MASK]", 1), word) for text in held if (word := hidden(text))]
    hits = [word in {found["token_str"] for found in fill(text, top_k=5)} for text, word in masked[:200]]
    most = Counter(word for _, word in masked[:200]).most_common(5)
    assert len(hits) == 200
    assert sum(hits) > 1.5 * sum(times for _, times in most)


def hidden(text: str) -> str:
    """The word in the middle of a sentence, where it is short: one piece, mostly."""
    words = re.findall(r"(?<= )[a-z]{2,5}(?= )", text)
    return words[len(words) // 2] if words else ""


def test_continuations_are_recognisably_english() -> None:
    """Words that the stories know, four of five pairs of neighbours among them, and not the same again and again."""
    text = " ".join(lines("stories.txt")).lower()
    words = re.findall(r"[a-z']+", text)
    known, pairs = set(words), set(pairwise(words))
    model: Any = AutoModelForCausalLM.from_pretrained(SMALL / "generation")
    tokenizer: Any = AutoTokenizer.from_pretrained(SMALL / "generation")
    prompt = tokenizer(["<end>"] * 20, add_special_tokens=False, return_tensors="pt")
    set_seed(0)
    ids = model.generate(**prompt, max_new_tokens=40, do_sample=True, top_p=0.8, pad_token_id=0)
    told = [re.findall(r"[a-z']+", line.lower()) for line in tokenizer.batch_decode(ids, skip_special_tokens=True)]
    neighbours = [pair for line in told for pair in pairwise(line)]
    assert sum(word in known for line in told for word in line) / sum(map(len, told)) > 0.97
    assert sum(pair in pairs for pair in neighbours) / len(neighbours) > 0.8
    assert len(set(neighbours)) / len(neighbours) > 0.5


def test_training_again_gives_the_score_of_the_card() -> None:
    """Seeded: the image classifier, the quickest to train, to half a percent of what its card says."""
    set_seed(0)
    _, _, score = TRAIN["vision"]()
    card = (SMALL / "vision" / "README.md").read_text()
    again, before = (float(re.findall(r"([\d.]+)% of held-out", text)[0]) for text in (score, card))
    assert before >= 95
    assert again == pytest.approx(before, abs=0.5)
