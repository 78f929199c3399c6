"""What to assert of an inference pipeline: right labels, agreement with the model by hand, harmless padding."""

import pytest
import torch
from transformers import pipeline

from interview_prep.ml.huggingface.pipelines_and_inference import (
    classify_by_hand,
    embed,
    train_classifier,
    train_counter,
)

CLEAR = [
    ("the film was wonderful", "POSITIVE"),
    ("what a dreadful meal", "NEGATIVE"),
    ("I found the plot boring", "NEGATIVE"),
    ("a really excellent hotel", "POSITIVE"),
    ("This service is horrible", "NEGATIVE"),
    ("what a charming song", "POSITIVE"),
]


@pytest.fixture(scope="module")
def trained():
    return train_classifier()


@pytest.fixture(scope="module")
def sentiment(trained):
    tokenizer, model = trained
    return pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")


@pytest.mark.parametrize(("text", "label"), CLEAR)
def test_clear_sentences_get_their_label(sentiment, text, label):
    """Right, and sure of it."""
    (answer,) = sentiment(text)
    assert answer["label"] == label
    assert answer["score"] > 0.9


def test_the_pipeline_is_tokenizer_model_softmax(trained, sentiment):
    """The scores by hand are the pipeline's to the last digits of float32."""
    texts = [text for text, _ in CLEAR]
    by_hand = classify_by_hand(*trained, texts).max(dim=-1).values
    torch.testing.assert_close(by_hand, torch.tensor([answer["score"] for answer in sentiment(texts)]))


def test_padding_changes_no_score(trained):
    """A short text beside a long one scores as it does alone: the attention mask is used."""
    short, long = "the film was wonderful", "i found the staff charming and the hotel lovely and the food superb"
    together, alone = classify_by_hand(*trained, [short, long]), classify_by_hand(*trained, [short])
    torch.testing.assert_close(together[:1], alone)


def test_special_tokens_and_mask_are_where_they_belong(trained):
    """[CLS] first, [SEP] last of the real tokens, padding after it and masked."""
    tokenizer, _ = trained
    batch = tokenizer(["the film", "the film was great"], padding=True)
    assert tokenizer.convert_ids_to_tokens(batch["input_ids"][0]) == ["[CLS]", "the", "film", "[SEP]", "[PAD]", "[PAD]"]
    assert batch["attention_mask"][0] == [1, 1, 1, 1, 0, 0]


def test_embeddings_are_unit_vectors_and_rank_by_meaning(trained):
    """Praise is nearer to praise of something else than to blame."""
    vectors = embed(*trained, ["a really superb book", "a really delightful song", "this phone is awful"])
    torch.testing.assert_close(vectors.norm(dim=-1), torch.ones(3))
    similar = vectors @ vectors.T
    assert similar[0, 1] > similar[0, 2] + 0.05


def test_greedy_generation_goes_on_counting():
    """Deterministic, and the prompt is part of what comes back."""
    tokenizer, model = train_counter()
    prompt = tokenizer("one two", return_tensors="pt", add_special_tokens=False)
    ids = model.generate(**prompt, max_new_tokens=4, do_sample=False)
    assert tokenizer.decode(ids[0]) == "one two three four five six"
