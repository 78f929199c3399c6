"""Inference with transformers, offline: a pipeline, the same by hand, embeddings, generation. No pretrained weights.

The two models are tiny and trained here in seconds, so that every call can be tried where no weights are; with weights
at hand only the first argument of from_pretrained and pipeline changes.
"""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # before the import: a missing model is an error, not a long wait

import tempfile

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    DistilBertConfig,
    DistilBertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
    pipeline,
)
from transformers.utils import logging

logging.disable_progress_bar()

GOOD = ("great", "wonderful", "lovely", "brilliant", "excellent", "delightful", "superb", "charming")
BAD = ("awful", "terrible", "dreadful", "boring", "poor", "horrible", "disappointing", "dull")
THINGS = ("film", "book", "hotel", "meal", "song", "phone", "service", "staff", "plot", "food")
PATTERNS = ("the {} was {}", "what a {1} {0}", "i found the {} {}", "a really {1} {0}", "this {} is {}")
COUNTING = "one two three four five six seven eight nine ten"


def reviews() -> tuple[list[str], torch.Tensor]:
    """Every pattern with every thing and word; labels 1 for praise, 0 for blame."""
    rows = [(p.format(t, w), int(w in GOOD)) for p in PATTERNS for t in THINGS for w in GOOD + BAD]
    texts, labels = zip(*rows, strict=True)
    return list(texts), torch.tensor(labels)


def word_tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    """One id a word, [CLS] before and [SEP] after, as BERT has them."""
    words = sorted({word for text in texts for word in text.split()})
    vocab = {token: i for i, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    core = Tokenizer(models.WordLevel(vocab, unk_token="[UNK]"))
    core.normalizer, core.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.Whitespace()
    core.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    inputs = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=core, model_input_names=inputs, **names)


def train_classifier() -> tuple[PreTrainedTokenizerFast, DistilBertForSequenceClassification]:
    """A two-layer DistilBERT on the reviews, a few seconds on a CPU."""
    torch.manual_seed(0)
    texts, labels = reviews()
    tokenizer = word_tokenizer(texts)
    config = DistilBertConfig(
        vocab_size=len(tokenizer),
        dim=32,
        hidden_dim=64,
        n_layers=2,
        n_heads=2,
        max_position_embeddings=32,
        id2label={0: "NEGATIVE", 1: "POSITIVE"},
        label2id={"NEGATIVE": 0, "POSITIVE": 1},
    )
    model = DistilBertForSequenceClassification(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(3):
        for rows in torch.randperm(len(texts)).split(64):
            batch = tokenizer([texts[i] for i in rows], padding=True, return_tensors="pt")
            loss = model(**batch, labels=labels[rows]).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return tokenizer, model.eval()


def train_counter() -> tuple[PreTrainedTokenizerFast, GPT2LMHeadModel]:
    """A one-layer GPT-2 that has learnt to count to ten."""
    torch.manual_seed(0)
    tokenizer = word_tokenizer([COUNTING])
    ids = tokenizer(COUNTING, return_tensors="pt", add_special_tokens=False)["input_ids"]  # (1, 10)
    sizes = {"vocab_size": len(tokenizer), "n_positions": 16, "n_embd": 32, "n_layer": 1, "n_head": 2}
    names = {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    model = GPT2LMHeadModel(GPT2Config(**sizes, **names))
    optimizer = torch.optim.AdamW(model.train().parameters(), lr=1e-2)
    for _ in range(60):
        logits = model(ids).logits  # (1, 10, V)
        loss = torch.nn.functional.cross_entropy(logits[0, :-1], ids[0, 1:])  # each token predicts the next
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return tokenizer, model.eval()


@torch.inference_mode()
def classify_by_hand(tokenizer, model, texts: list[str]) -> torch.Tensor:
    """What the pipeline does: tokenizer, model, softmax. Probabilities (B, 2)."""
    batch = tokenizer(texts, padding=True, return_tensors="pt")  # input_ids, attention_mask: (B, T)
    logits = model(**batch).logits  # (B, 2)
    print(f"  input_ids {tuple(batch['input_ids'].shape)} -> logits {tuple(logits.shape)}")
    return logits.softmax(dim=-1)


@torch.inference_mode()
def embed(tokenizer, model, texts: list[str]) -> torch.Tensor:
    """One unit vector a text, (B, dim): the mean of the last hidden states over the real tokens."""
    batch = tokenizer(texts, padding=True, return_tensors="pt")
    hidden = model.distilbert(**batch).last_hidden_state  # (B, T, dim)
    mask = batch["attention_mask"].unsqueeze(-1)  # (B, T, 1): a plain mean would count the padding
    return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)


def main() -> None:
    tokenizer, model = train_classifier()
    texts = ["What a wonderful film", "The food was terrible", "I found the staff charming and the hotel lovely"]
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        sentiment = pipeline("text-classification", model=folder, device="cpu")
        print("Sentiment, by pipeline: a folder or a Hub name, and a list of texts")
        for text, answer in zip(texts, sentiment(texts), strict=True):
            print(f"  {answer['label']}  {answer['score']:.3f}  {text}")

    print("The same by hand")
    for text, row in zip(texts, classify_by_hand(tokenizer, model, texts), strict=True):
        print(f"  {model.config.id2label[int(row.argmax())]}  {row.max():.3f}  {text}")

    print("Embeddings: cosine similarity of unit vectors is a matrix product")
    vectors = embed(tokenizer, model, ["a really superb book", "a really delightful song", "this phone is awful"])
    similar = vectors @ vectors.T  # (3, 3)
    print(f"  praise and praise {similar[0, 1]:.2f}, praise and blame {similar[0, 2]:.2f}")

    tokenizer, model = train_counter()
    prompt = tokenizer("one two", return_tensors="pt", add_special_tokens=False)  # no [SEP] before more text
    ids = model.generate(**prompt, max_new_tokens=4, do_sample=False)  # (1, 2 + 4)
    print(f"Generation, greedy: {tuple(ids.shape)}, the prompt included")
    print(f"  {tokenizer.decode(ids[0])}")


if __name__ == "__main__":
    main()
