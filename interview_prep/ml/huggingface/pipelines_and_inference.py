"""Inference with transformers, offline: pipelines, and the same steps without them. No training, no GPU.

Use Hugging Face where a pretrained model knows most of the task already: text, images, audio. For a plain table it's
overkill. Each task here runs on the pretrained model if its weights were downloaded, and otherwise on a small stand-in
that ships with the kit. The calls are the same. In an interview you pass a name on the Hub instead of a folder:
pipeline("text-classification", model="org/name").
"""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before the import: a missing model is an error, not a long wait

import sys
from pathlib import Path

import torch
from PIL import Image
from sklearn.datasets import load_digits
from torch import Tensor
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    pipeline,
)
from transformers.utils import logging

sys.path.append(str(Path(globals().get("__file__", "notebook")).resolve().parent))  # for python -m too
from model_for_task import model_for_task

logging.disable_progress_bar()
REVIEWS = ["What a wonderful film!", "The food was terrible and the waiter was rude.", "I would not buy this again."]


@torch.inference_mode()
def classify(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> Tensor:
    """What the pipeline does: tokenizer, model, softmax. Returns probabilities (B, C)."""
    batch = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")  # input_ids, attention_mask: (B, T)
    logits = model(**batch).logits  # (B, C)
    print(f"  input_ids {tuple(batch['input_ids'].shape)} -> logits {tuple(logits.shape)}")
    return logits.softmax(dim=-1)


@torch.inference_mode()
def embed(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> Tensor:
    """One unit vector per text, (B, D): the mean of the last hidden states over the real tokens."""
    batch = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    hidden = model(**batch).last_hidden_state  # (B, T, D)
    mask = batch["attention_mask"].unsqueeze(-1)  # (B, T, 1): a plain mean would count the padding
    return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)


def sentiment() -> None:
    folder = model_for_task("sentiment")
    answers = pipeline("text-classification", model=folder, device="cpu")(REVIEWS)
    for text, answer in zip(REVIEWS, answers, strict=True):
        print(f"  {answer['label']}  {answer['score']:.3f}  {text}")
    print("the same without the pipeline: tokenizer, model, softmax")
    model = AutoModelForSequenceClassification.from_pretrained(folder)  # already in eval mode
    probabilities = classify(model, AutoTokenizer.from_pretrained(folder), REVIEWS)
    for text, row in zip(REVIEWS, probabilities, strict=True):
        print(f"  {model.config.id2label[int(row.argmax())]}  {row.max():.3f}  {text}")


def entities() -> None:
    text = "Maria Lopez moved from Lisbon to Norway to work for the Northwind Bank."
    tag = pipeline("token-classification", model=model_for_task("entities"), aggregation_strategy="first", device="cpu")
    print(f"  {text}")
    print("  found: " + ", ".join(f"{found['word']} ({found['entity_group']})" for found in tag(text)))


def search() -> None:
    folder = model_for_task("embeddings")
    model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    documents = ["The train was twenty minutes late.", "He bought a new bicycle.", "It will rain tomorrow."]
    query = "Our train arrived with a delay."
    scores = embed(model, tokenizer, [query]) @ embed(model, tokenizer, documents).T  # (1, D) @ (D, 3): cosines
    next_best, best = scores[0].sort().values[-2:].tolist()
    print(f"  query: {query}")
    print(f"  closest: {documents[int(scores.argmax())]} (cosine {best:.2f}, the next one {next_best:.2f})")


def fill_mask() -> None:
    fill = pipeline("fill-mask", model=model_for_task("fill-mask"), device="cpu")
    text = f"The dog was very {fill.tokenizer.mask_token}."
    print(f"  {text}  top 3: {', '.join(found['token_str'] for found in fill(text, top_k=3))}")


def generation() -> None:
    folder = model_for_task("generation")
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    prompt = tokenizer("Once there was a little", return_tensors="pt")  # (1, T)
    settings = {"max_new_tokens": 24, "pad_token_id": model.config.eos_token_id}
    torch.manual_seed(0)
    for name, choice in {"greedy": {"do_sample": False}, "top-p 0.9": {"do_sample": True, "top_p": 0.9}}.items():
        ids = model.generate(**prompt, **settings, **choice)  # (1, T + new), including the prompt
        print(f"  {name}, ids {tuple(ids.shape)}: {tokenizer.decode(ids[0], skip_special_tokens=True)}")


def vision() -> None:
    folder = model_for_task("vision")
    digit = Image.fromarray((load_digits().images[7] * 15.9).astype("uint8"))  # 8x8 pixels, a seven
    (best, *_) = pipeline("image-classification", model=folder, device="cpu")(digit)
    print(f"  a handwritten 7 is classified as {best['label']} ({best['score']:.2f})")


def main() -> None:
    print("Practice the calls. The small stand-in models are quick and often wrong: the quality isn't the point.")
    for task in (sentiment, entities, search, fill_mask, generation, vision):
        task()


if __name__ == "__main__":
    main()
