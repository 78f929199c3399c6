"""Time a training step, attention and torch.compile: what a candidate's own code would run on this device.

The step is forward, backward and AdamW of a small transformer. Its loss and all gradients for one sequence are compared
with float64 on the CPU, and so is one head of attention.
"""

import copy
import os
import subprocess
import sys
import warnings
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from interview_prep.gpu.facts import Measurement
from interview_prep.gpu.timing import time_calls

BACKENDS = {
    "flash": SDPBackend.FLASH_ATTENTION,
    "efficient": SDPBackend.EFFICIENT_ATTENTION,
    "cudnn": SDPBackend.CUDNN_ATTENTION,
    "math": SDPBackend.MATH,
}
UNAVAILABLE = ("No available kernel", "No viable backend")  # in torch's error when a backend can't be used


@dataclass(frozen=True)
class Shape:
    """A small transformer and its batch."""

    batch: int = 16
    length: int = 256
    width: int = 512
    layers: int = 4
    vocabulary: int = 1024


def make_transformer(shape: Shape) -> nn.Module:
    """Embedding, encoder layers, and a head that predicts each position's token: (B, T) to (B, T, vocabulary)."""
    layer = nn.TransformerEncoderLayer(
        shape.width, shape.width // 64 or 1, 4 * shape.width, dropout=0.0, batch_first=True, norm_first=True
    )
    encoder = nn.TransformerEncoder(layer, shape.layers, enable_nested_tensor=False)
    return nn.Sequential(nn.Embedding(shape.vocabulary, shape.width), encoder, nn.Linear(shape.width, shape.vocabulary))


def run_backward(model: nn.Module, tokens: torch.Tensor, *, mixed: bool) -> torch.Tensor:
    """Compute the loss; its gradients are left in the model."""
    with torch.autocast(tokens.device.type, torch.bfloat16, enabled=mixed):
        loss = F.cross_entropy(model(tokens).flatten(0, 1), tokens.flatten())
    loss.backward()  # type: ignore[no-untyped-call]  # torch's
    return loss.detach()


def measure_training_step(shape: Shape, device: torch.device, *, mixed: bool) -> Measurement:
    """Milliseconds per step, in fp32 or under bf16 autocast."""
    model = make_transformer(shape).to(device)
    tokens = torch.randint(shape.vocabulary, (shape.batch, shape.length), device=device)  # (B, T)
    error = gradient_error(model, tokens[:1], mixed=mixed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)

    def run_step() -> None:
        optimizer.zero_grad()
        run_backward(model, tokens, mixed=mixed)
        optimizer.step()

    timing = time_calls(run_step, device, seconds=0.5)
    name, tolerance = step_label(mixed=mixed), 0.1 if mixed else 1e-3
    return Measurement(name, timing.seconds * 1e3, "ms", "", timing.spread, error, tolerance)


def step_label(*, mixed: bool) -> str:
    return f"training step, {'bf16 autocast' if mixed else 'fp32'}"


def gradient_error(model: nn.Module, tokens: torch.Tensor, *, mixed: bool) -> float:
    """The relative difference from float64 on the CPU, of the loss or of all gradients, whichever is larger."""
    exact = copy.deepcopy(model).cpu().double()
    losses = run_backward(model, tokens, mixed=mixed), run_backward(exact, tokens.cpu(), mixed=False)
    got, expected = (
        torch.cat([weight.grad.flatten() for weight in each.parameters() if weight.grad is not None]).cpu().double()
        for each in (model, exact)
    )
    loss, exact_loss = (value.cpu().double() for value in losses)
    return float(torch.maximum((got - expected).norm() / expected.norm(), (loss - exact_loss).abs() / exact_loss))


def measure_attention(backend: str, heads: int, length: int, device: torch.device) -> Measurement:
    """TFLOP/s of causal attention in 16 bits with head width 64; half of the 4 B H T^2 D operations are masked out."""
    has_bf16 = device.type != "cuda" or torch.cuda.get_device_capability(device) >= (8, 0)
    q, k, v = torch.randn(3, 2, heads, length, 64, device=device).to(
        torch.bfloat16 if has_bf16 else torch.float16
    )  # (B, H, T, D) each

    def attend() -> torch.Tensor:
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)

    with warnings.catch_warnings(), sdpa_kernel(BACKENDS[backend]):
        warnings.simplefilter("ignore")  # torch warns why a backend can't be used
        try:
            first = attend()
        except RuntimeError as refusal:
            if not any(words in str(refusal) for words in UNAVAILABLE):
                raise
            return Measurement(attention_label(backend), skip_reason="not available here")
        timing = time_calls(attend, device, seconds=0.2)
    rate = 2 * 2 * heads * length**2 * 64 / timing.seconds / 1e12
    error = attention_error(q[0, 0], k[0, 0], v[0, 0], first[0, 0])
    return Measurement(attention_label(backend), rate, "TFLOP/s", "", timing.spread, error, 5e-2)


def attention_label(backend: str) -> str:
    return f"attention, {backend}"


def attention_error(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, got: torch.Tensor) -> float:
    """The largest difference of one head's output, (T, D), from the formula in float64 on the CPU."""
    q, k, v, got = (part.cpu().double() for part in (q, k, v, got))
    scores = (q @ k.T / q.shape[-1] ** 0.5).masked_fill(torch.ones(len(q), len(q)).triu(1).bool(), -torch.inf)
    return float((got - scores.softmax(-1) @ v).abs().max())


COMPILE_PROGRAM = """
import sys, time, torch
x = torch.randn(4096, device=sys.argv[1])
begin = time.perf_counter()
y = torch.compile(lambda x: (x.sin() * 2 + x).relu())(x)
took, x = time.perf_counter() - begin, x.cpu().double()
print(took, float((y.cpu().double() - (x.sin() * 2 + x).relu()).abs().max()))
"""


def measure_compilation(device: torch.device, seconds: float) -> Measurement:
    """Seconds until a small compiled function returns. It runs in its own process, which a timeout can end."""
    name = "torch.compile, first call"
    environment = {**os.environ, "TORCHINDUCTOR_COMPILE_THREADS": "1"}  # no worker processes that outlive it
    command = [sys.executable, "-W", "ignore", "-c", COMPILE_PROGRAM, str(device)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=max(seconds, 1), env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return Measurement(name, skip_reason=f"not ready after {seconds:.0f} s")
    if done.returncode:
        errors = [line.strip() for line in done.stderr.splitlines() if "Error" in line or "Exception" in line]
        return Measurement(
            name, skip_reason=f"does not work: {errors[-1] if errors else done.stderr.strip()[-200:]}"[:300]
        )
    took, error = map(float, done.stdout.split()[-2:])
    return Measurement(name, took, "s", error=error, tolerance=1e-4)
