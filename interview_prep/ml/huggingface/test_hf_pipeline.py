"""What to test in an inference pipeline: clear cases, agreement with the model, and what must not change a score.

The same tests pass with the pretrained weights and with the small stand-ins.
"""

import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits
from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer, pipeline

from interview_prep.ml.huggingface import pipelines_and_inference
from interview_prep.ml.huggingface.model_for_task import model_for_task
from interview_prep.ml.huggingface.pipelines_and_inference import classify, embed

CLEAR = {
    "What a wonderful film!": "POSITIVE",
    "The acting was superb and the story touching.": "POSITIVE",
    "I love this phone, the battery lasts for days.": "POSITIVE",
    "The staff were friendly and helpful.": "POSITIVE",
    "The food was terrible.": "NEGATIVE",
    "A boring and predictable plot.": "NEGATIVE",
    "It broke after two days and nobody answered my mail.": "NEGATIVE",
    "The room was dirty and smelled of smoke.": "NEGATIVE",
}
PARAPHRASES = [
    ("The train was late.", "The train arrived with a delay."),
    ("She bought a new bicycle.", "She got herself a new bike."),
    ("It will rain tomorrow.", "Tomorrow it is going to be rainy."),
    ("He forgot his keys at home.", "He left his keys in the house."),
]


@pytest.fixture(scope="module")
def sentiment():
    return pipeline("text-classification", model=model_for_task("sentiment"), device="cpu")


@pytest.fixture(scope="module")
def generation():
    folder = model_for_task("generation")
    return AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


@pytest.mark.parametrize(("text", "label"), CLEAR.items())
def test_clear_sentences_get_the_right_label(sentiment, text, label):
    """And the model is confident."""
    (answer,) = sentiment(text)
    assert answer["label"] == label
    assert answer["score"] > 0.8


def test_the_pipeline_is_tokenizer_model_softmax(sentiment):
    """Softmax of the model's logits gives the pipeline's scores, up to float32 rounding."""
    model = AutoModelForSequenceClassification.from_pretrained(model_for_task("sentiment"))
    computed = classify(model, sentiment.tokenizer, list(CLEAR)).max(dim=-1).values
    torch.testing.assert_close(computed, torch.tensor([answer["score"] for answer in sentiment(list(CLEAR))]))


def test_padding_changes_no_score(sentiment):
    """A short text gets the same score next to a long one as alone, because the attention mask is used."""
    short, long = "What a wonderful film!", "The food was terrible, the waiter was rude and we waited an hour for it."
    together, alone = (classify(sentiment.model, sentiment.tokenizer, texts) for texts in ([short, long], [short]))
    torch.testing.assert_close(together[:1], alone)


def test_special_tokens_and_mask_are_in_place(sentiment):
    """[CLS] comes first and [SEP] last, then the padding, which is masked."""
    tokenizer = sentiment.tokenizer
    batch = tokenizer(["The film", "The film was good"], padding=True)
    assert tokenizer.convert_ids_to_tokens(batch["input_ids"][0]) == ["[CLS]", "the", "film", "[SEP]", "[PAD]", "[PAD]"]
    assert batch["attention_mask"][0] == [1, 1, 1, 1, 0, 0]


def test_a_sentence_is_closest_to_its_paraphrase():
    """By cosine similarity, each of four sentences is closer to its own paraphrase than to the other three."""
    folder = model_for_task("embeddings")
    model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    left, right = (embed(model, tokenizer, list(texts)) for texts in zip(*PARAPHRASES, strict=True))
    torch.testing.assert_close(left.norm(dim=-1), torch.ones(4))
    assert (left @ right.T).argmax(dim=1).tolist() == [0, 1, 2, 3]


def test_people_places_and_organizations_are_found():
    """Whole names come back, each with its type."""
    tag = pipeline("token-classification", model=model_for_task("entities"), aggregation_strategy="first", device="cpu")
    found = tag("Maria Lopez moved from Lisbon to work for the Northwind Bank.")
    assert [(name["word"], name["entity_group"]) for name in found] == [
        *(("Maria Lopez", "PER"), ("Lisbon", "LOC"), ("Northwind Bank", "ORG")),
    ]


def test_a_masked_word_is_filled_with_one_that_fits():
    """The five most likely words are sorted by probability, and one of them is a verb that fits."""
    fill = pipeline("fill-mask", model=model_for_task("fill-mask"), device="cpu")
    answers = fill(f"The little girl {fill.tokenizer.mask_token} to the park.", top_k=5)
    assert [answer["score"] for answer in answers] == sorted((answer["score"] for answer in answers), reverse=True)
    assert {answer["token_str"] for answer in answers} & {"went", "came", "ran", "walked", "goes"}


def test_greedy_generation_extends_its_own_prefix(generation):
    """The output starts with the prompt, and a longer one continues where a shorter one stopped."""
    model, tokenizer = generation
    prompt = tokenizer("Once there was a little", return_tensors="pt")
    settings = {"do_sample": False, "pad_token_id": model.config.eos_token_id}
    short, long = (model.generate(**prompt, max_new_tokens=new, **settings)[0] for new in (4, 8))
    assert torch.equal(short[: prompt["input_ids"].shape[1]], prompt["input_ids"][0])
    assert torch.equal(long[: len(short)], short)


def test_the_cache_changes_no_token(generation):
    """Keeping keys and values from step to step makes generation faster and gives the same tokens."""
    model, tokenizer = generation
    prompt = tokenizer("The dog and the cat", return_tensors="pt")
    settings = {"do_sample": False, "max_new_tokens": 12, "pad_token_id": model.config.eos_token_id}
    with_cache, without = (model.generate(**prompt, use_cache=cached, **settings) for cached in (True, False))
    assert torch.equal(with_cache, without)


def test_images_get_labels_and_probabilities():
    """The labels are the model's own, and the stand-in gets 19 of 20 digits right."""
    folder = model_for_task("vision")
    classifier = pipeline("image-classification", model=folder, device="cpu")
    digits = load_digits()
    images = [Image.fromarray((image * 15.9).astype("uint8")) for image in digits.images[:60]]
    answers = [best for (best,) in classifier(images, top_k=1)]
    assert {answer["label"] for answer in answers} <= set(classifier.model.config.id2label.values())
    assert all(0 < answer["score"] <= 1 for answer in answers)
    if "small_models" in folder:
        right = [answer["label"] == str(digit) for answer, digit in zip(answers, digits.target, strict=False)]
        assert sum(right) >= 57


def test_the_script_prints_every_task(capsys):
    """It prints the expected answers, and no warnings."""
    pipelines_and_inference.main()
    output = capsys.readouterr()
    assert output.err == ""
    assert output.out.count("POSITIVE") == 2
    assert output.out.count("NEGATIVE") == 4
    assert "Maria Lopez (PER), Lisbon (LOC), Norway (LOC), Northwind Bank (ORG)" in output.out
    assert "closest: The train was twenty minutes late." in output.out
