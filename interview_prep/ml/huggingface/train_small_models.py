"""Trains six small stand-ins on the text in small_models/text: pretrain, then fine-tune. No Trainer, no AMP.

They are here so that you can practice the calls offline. How good their output is isn't the point. A masked
language model comes first. The classifier and the sentence encoder start from its body, as they would from a Hub
checkpoint. `python train_small_models.py` trains all six in minutes on a CPU. Give names to train only some.
"""

import random
import re
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import Tensor
from torch.nn import functional as F
from transformers import (
    BertConfig,
    BertForTokenClassification,
    DataCollatorForLanguageModeling,
    DataCollatorForTokenClassification,
    DistilBertConfig,
    DistilBertForMaskedLM,
    DistilBertForSequenceClassification,
    DistilBertModel,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    ViTConfig,
    ViTForImageClassification,
    ViTImageProcessorPil,
    get_linear_schedule_with_warmup,
    set_seed,
)
from transformers.utils import logging

HERE = Path(globals().get("__file__", "notebook")).resolve().parent / "small_models"
ENTITY = re.compile(r"\[([^|]+)\|(\w+)\]")  # [Maria Lopez|PER]
TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
BODY = {"dim": 64, "hidden_dim": 256, "n_layers": 2, "n_heads": 4, "max_position_embeddings": 64, "pad_token_id": 0}


def lines(name: str) -> list[str]:
    return (HERE / "text" / name).read_text(encoding="utf-8").splitlines()


def split(rows: list) -> tuple[list, list]:
    """Training and held-out rows, 85:15, the same every run. Rows move in tens, as neighbors are often alike."""
    tens = [rows[at : at + 10] for at in range(0, len(rows), 10)]
    random.Random(0).shuffle(tens)
    cut = len(tens) * 15 // 100
    return [row for ten in tens[cut:] for row in ten], [row for ten in tens[:cut] for row in ten]


def bert_tokenizer(texts: list[str], size: int, *, lowercase: bool) -> PreTrainedTokenizerFast:
    """WordPiece: ## marks a piece inside a word. Adds [CLS] and [SEP]."""
    core, special = Tokenizer(models.WordPiece(unk_token="[UNK]")), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    core.normalizer, core.decoder = normalizers.BertNormalizer(lowercase=lowercase), decoders.WordPiece()
    core.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=special, show_progress=False)
    core.train_from_iterator(texts, trainer)
    core.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = {f"{token.strip('[]').lower()}_token": token for token in special}
    inputs = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=core, model_input_names=inputs, model_max_length=64, **names)


def gpt_tokenizer(texts: list[str], size: int) -> PreTrainedTokenizerFast:
    """Byte-level BPE, so nothing is unknown. <end> separates texts."""
    core, alphabet = Tokenizer(models.BPE()), pre_tokenizers.ByteLevel.alphabet()
    core.pre_tokenizer, core.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    bpe = trainers.BpeTrainer(vocab_size=size, special_tokens=["<end>"], initial_alphabet=alphabet, show_progress=False)
    core.train_from_iterator(texts, bpe)
    core.post_processor = processors.TemplateProcessing("<end> $A", special_tokens=[("<end>", 0)])
    return PreTrainedTokenizerFast(tokenizer_object=core, bos_token="<end>", eos_token="<end>", pad_token="<end>")


def fit(
    model: PreTrainedModel, rows: list, collate: Callable, *, epochs: int, lr: float, loss_of: Callable | None = None
):
    """The training loop: batches of 64, AdamW, warmup and linear decay per step, clipped gradients."""
    steps = epochs * -(-len(rows) // 64)
    optimizer = torch.optim.AdamW(model.parameters(), lr)
    schedule = get_linear_schedule_with_warmup(optimizer, steps // 10, steps)
    model.train()
    for epoch in range(epochs):
        total = 0.0
        for part in torch.randperm(len(rows)).split(64):
            batch = collate([rows[i] for i in part])
            loss = loss_of(model, batch) if loss_of else model(**batch).loss
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(part)
        if epoch in (0, epochs // 2, epochs - 1):
            print(f"  epoch {epoch + 1:2} of {epochs}: loss {total / len(rows):.3f}")
    return model.eval()


@torch.no_grad()
def predict(model: PreTrainedModel, batch: dict) -> Tensor:
    return model(**batch).logits


def fill_mask() -> tuple:
    """A DistilBERT that fills in [MASK]. Sentiment and embeddings start from its body."""
    reviews = [line.partition("\t")[2] for line in split(lines("reviews.tsv"))[0]]  # the held-out rows stay unseen
    pairs = [text for line in split(lines("paraphrases.tsv"))[0] for text in line.split("\t")]
    stories = [text for line in lines("stories.txt") for text in re.split(r"(?<=[.!?]) ", line)]
    train, held = split(reviews + pairs + stories)
    tokenizer = bert_tokenizer(train, 1600, lowercase=True)
    collate = DataCollatorForLanguageModeling(tokenizer)  # masks a new 15% each time; -100 elsewhere
    model = DistilBertForMaskedLM(DistilBertConfig(vocab_size=len(tokenizer), **BODY))
    fit(model, [tokenizer(text) for text in train], collate, epochs=25, lr=4e-3)
    batch = collate([tokenizer(text) for text in held])
    masked = batch["labels"] != -100  # (N, T)
    top = predict(model, batch)[masked].topk(5).indices  # (M, 5)
    right = (top == batch["labels"][masked].unsqueeze(1)).any(1).float().mean()
    return model, tokenizer, f"for {right:.1%} of masked tokens in held-out sentences, the right one is in the top five"


def sentiment() -> tuple:
    """A DistilBERT that tells positive from negative reviews. Fine-tuned from fill-mask."""
    train, held = split([line.split("\t") for line in lines("reviews.tsv")])
    train += [line.split("\t") for line in lines("short_reviews.tsv")]  # negation, contractions, general praise
    tokenizer = PreTrainedTokenizerFast.from_pretrained(HERE / "fill-mask")
    names = {"id2label": {0: "NEGATIVE", 1: "POSITIVE"}, "label2id": {"NEGATIVE": 0, "POSITIVE": 1}}
    model = DistilBertForSequenceClassification.from_pretrained(HERE / "fill-mask", **names)  # new head

    def collate(rows: list) -> dict:
        batch = tokenizer([text for _, text in rows], padding=True, return_tensors="pt")
        return {**batch, "labels": torch.tensor([int(label == "positive") for label, _ in rows])}

    fit(model, train, collate, epochs=8, lr=1e-3)
    right = (predict(model, collate(held)).argmax(1) == collate(held)["labels"]).float().mean()
    return model, tokenizer, f"right on {right:.1%} of held-out sentences"


def embeddings() -> tuple:
    """A DistilBERT that gives similar vectors to sentences that mean the same. Fine-tuned from fill-mask."""
    train, held = split([line.split("\t") for line in lines("paraphrases.tsv")])
    train += [line.split("\t") for line in lines("short_paraphrases.tsv")]
    tokenizer = PreTrainedTokenizerFast.from_pretrained(HERE / "fill-mask")
    model = DistilBertModel.from_pretrained(HERE / "fill-mask", dropout=0.2, attention_dropout=0.2)  # few pairs

    def embed(texts: list[str]) -> Tensor:
        batch = tokenizer(texts, padding=True, return_tensors="pt")
        mask = batch["attention_mask"].unsqueeze(-1)  # (B, T, 1)
        return F.normalize((model(**batch).last_hidden_state * mask).sum(1) / mask.sum(1), dim=-1)  # (B, dim)

    def similarities(rows: list) -> Tensor:
        left, right = (embed(list(texts)) for texts in zip(*rows, strict=True))
        return left @ right.T  # (B, B), each sentence with its own paraphrase on the diagonal

    def loss(_: DistilBertModel, rows: list) -> Tensor:
        scores, own = similarities(rows) / 0.05, torch.arange(len(rows))  # the rest of the batch are negatives
        return (F.cross_entropy(scores, own) + F.cross_entropy(scores.T, own)) / 2

    fit(model, train, list, epochs=20, lr=4e-3, loss_of=loss)
    with torch.no_grad():
        scores = similarities(held)
    own = scores.diagonal().unsqueeze(1)  # (B, 1)
    nearer = (own > scores).sum() / (scores.numel() - len(held))  # over all (paraphrase, other sentence) comparisons
    best = (own >= scores).all(1).float().mean()
    score = f"the paraphrase beats another sentence {nearer:.1%} of the time, and all {len(held) - 1} others {best:.1%}"
    return model, tokenizer, score


def entities() -> tuple:
    """A cased BERT that tags people, organizations and places. Trained from scratch."""
    train, held = split(lines("entities.txt"))
    tokenizer = bert_tokenizer([ENTITY.sub(r"\1", line) for line in train], 1600, lowercase=False)
    known = [found for line in train for found in ENTITY.findall(line)]
    names = {kind: [name for name, of_name in known if of_name == kind] for kind in ("PER", "ORG", "LOC")}

    def swap(line: str) -> str:  # puts in other names, so the model has to use the context
        return ENTITY.sub(lambda e: f"[{random.choice(names[e[2]]) if random.random() < 0.7 else e[1]}|{e[2]}]", line)

    def encode(line: str) -> dict:
        words, tags = [], []
        for text, name, kind in re.findall(r"([^\[]*)(?:\[([^|]+)\|(\w+)\])?", line):
            for part, tag in ((text, "O"), (name, kind)):
                found = re.findall(r"\w+|[^\w\s]", part)
                words += found
                tags += [tag if tag == "O" else f"{'I' if i else 'B'}-{tag}" for i in range(len(found))]
        row = tokenizer(words, is_split_into_words=True, truncation=True)
        of_word = row.word_ids()  # None for [CLS] and [SEP]; only a word's first piece gets a label
        first = [word is not None and word != before for before, word in zip([None, *of_word], of_word, strict=False)]
        labels = [TAGS.index(tags[word]) if is_first else -100 for word, is_first in zip(of_word, first, strict=True)]
        return {**row, "labels": labels}

    sizes = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 192}
    labels = {"id2label": dict(enumerate(TAGS)), "label2id": {tag: i for i, tag in enumerate(TAGS)}}
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, pad_token_id=0, **sizes, **labels)
    pad, model = DataCollatorForTokenClassification(tokenizer), BertForTokenClassification(config)
    fit(model, train, lambda rows: pad([encode(swap(line)) for line in rows]), epochs=50, lr=4e-3)
    batch = pad([encode(line) for line in held])
    right = predict(model, batch).argmax(-1) == batch["labels"]  # (N, T)
    words, in_names = batch["labels"] >= 0, batch["labels"] > 0
    of_all, of_names = right[words].float().mean(), right[in_names].float().mean()
    return model, tokenizer, f"right on {of_all:.1%} of held-out words, {of_names:.1%} of the words in names"


def generation() -> tuple:
    """A Llama that continues children's stories."""
    train, held = split(lines("stories.txt"))
    tokenizer = gpt_tokenizer(train, 1200)

    def blocks(texts: list[str]) -> list[Tensor]:
        ids = torch.tensor([i for text in texts for i in tokenizer(text)["input_ids"]])
        return list(ids[: len(ids) // 128 * 128].view(-1, 128))

    def collate(rows: list[Tensor]) -> dict:
        return {"input_ids": torch.stack(rows), "labels": torch.stack(rows)}  # the model shifts the labels itself

    sizes = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 4, "num_attention_heads": 4}
    ids = {"vocab_size": len(tokenizer), "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0}
    config = LlamaConfig(num_key_value_heads=2, max_position_embeddings=256, tie_word_embeddings=True, **sizes, **ids)
    model = LlamaForCausalLM(config)
    fit(model, blocks(train), collate, epochs=50, lr=6e-3)
    with torch.no_grad():
        perplexity = model(**collate(blocks(held))).loss.exp()
    return model, tokenizer, f"perplexity {perplexity:.1f} on held-out stories, vocabulary of {len(tokenizer)}"


def vision() -> tuple:
    """A ViT that classifies scikit-learn's handwritten digits, 8x8 pixels."""
    pixels, digits = load_digits(return_X_y=True)
    images = torch.tensor(pixels).float().view(-1, 1, 8, 8).expand(-1, 3, -1, -1) / 8 - 1  # (N, 3, 8, 8), -1 to 1
    train, held = split(list(range(len(digits))))

    def collate(rows: list[int]) -> dict:
        return {"pixel_values": images[rows], "labels": torch.tensor(digits[rows])}

    def noisy(rows: list[int]) -> dict:
        batch = collate(rows)
        return {**batch, "pixel_values": batch["pixel_values"] + 0.3 * torch.randn(len(rows), 3, 8, 8)}

    sizes = {"hidden_size": 48, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 96}
    labels = {"id2label": {i: str(i) for i in range(10)}, "label2id": {str(i): i for i in range(10)}}
    model = ViTForImageClassification(ViTConfig(image_size=8, patch_size=2, hidden_dropout_prob=0.1, **sizes, **labels))
    fit(model, train, noisy, epochs=40, lr=2e-3)
    right = (predict(model, collate(held)).argmax(1) == collate(held)["labels"]).float().mean()
    processor = ViTImageProcessorPil(size={"height": 8, "width": 8}, image_mean=[0.5] * 3, image_std=[0.5] * 3)
    return model, processor, f"right on {right:.1%} of held-out digits"


CARD = """# {name}

{what}

A stand-in for practicing the calls when no pretrained weights are downloaded. How good the output is isn't the point:
the model is tiny and was trained for a few minutes on very little data. Don't use it for real work.

Score: {score}.

Trained with `python interview_prep/ml/huggingface/train_small_models.py {name}`.
The text for the language models is in `../text/`.
"""
TASKS = (fill_mask, sentiment, embeddings, entities, generation, vision)
TRAIN = {task.__name__.replace("_", "-"): task for task in TASKS}


def main(*names: str) -> None:
    logging.set_verbosity_error()  # or else each new head is reported as missing weights
    logging.disable_progress_bar()
    torch.set_num_threads(1)  # the result must not depend on the number of cores
    for name in names or TRAIN:
        print(name)
        set_seed(0)
        model, processor, score = TRAIN[name]()
        print(f"  {score}")
        model.save_pretrained(HERE / name)
        (HERE / name / "model.safetensors").chmod(0o644)  # saved as readable by its owner only
        processor.save_pretrained(HERE / name)
        (HERE / name / "README.md").write_text(CARD.format(name=name, what=TRAIN[name].__doc__, score=score))


if __name__ == "__main__":
    unknown = set(sys.argv[1:]) - set(TRAIN)
    sys.exit(f"No model {unknown.pop()!r}. Choose from {', '.join(TRAIN)}." if unknown else main(*sys.argv[1:]))
