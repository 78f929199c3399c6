"""What a tensor is, what autograd records, how to write backward. No nn.Module, no GPU, no second derivatives."""

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torch.nn import functional as F


def memory() -> None:
    print("Memory: a tensor is a storage plus a shape and strides. A view shares the storage")
    x = torch.arange(12.0).view(3, 4)
    tensors = {
        "x": x,
        "x.T": x.T,
        "x[:, ::2]": x[:, ::2],
        "x[0].expand(3, 4)": x[0].expand(3, 4),  # reads one row three times: stride 0
        "x[[0, 2]]": x[[0, 2]],  # indexing with a list copies, slicing does not
        "x.T.reshape(12)": x.T.reshape(12),  # reshape copies if no strides can express the result
    }
    for name, t in tensors.items():
        kind = "view" if t.untyped_storage().data_ptr() == x.untyped_storage().data_ptr() else "copy"
        layout = "contiguous" if t.is_contiguous() else "not contiguous"
        print(f"  {name:<18}{kind}  shape {tuple(t.shape)!s:<7} strides {t.stride()!s:<7} {layout}")
    try:
        x.T.view(12)
    except RuntimeError as error:
        print(f"  x.T.view(12)      RuntimeError: {str(error).split(' with')[0]}")


def squared_distances(a: Tensor, b: Tensor) -> Tensor:
    """All |a_i - b_j|^2, (N, M), of the rows of (N, D) and (M, D), without building the (N, M, D) differences."""
    cross = a @ b.T  # (N, M)
    distances = (a**2).sum(1, keepdim=True) - 2 * cross + (b**2).sum(1)  # (N, 1), (N, M), (M,)
    return distances.clamp(min=0)  # rounding can give -1e-6, and the square root of that is NaN


def broadcasting() -> None:
    print("Broadcasting: shapes align from the right, and a missing or size-1 dimension is stretched")
    a, b = torch.randn(5, 3), torch.randn(4, 3)
    slow = (a[:, None, :] - b[None, :, :]).pow(2).sum(-1)  # (5, 1, 3) - (1, 4, 3) -> (5, 4, 3) -> (5, 4)
    torch.testing.assert_close(squared_distances(a, b), slow)
    print(f"  (5, 1, 3) - (1, 4, 3), squared and summed over the last dimension: {tuple(slow.shape)}")
    print("  |a|^2 - 2ab + |b|^2 gives the same result without ever creating (5, 4, 3)")
    prediction, target = torch.zeros(8, 1), torch.zeros(8)
    print(f"  the trap: (8, 1) - (8,) has shape {tuple((prediction - target).shape)}, so squeeze(-1) before the loss")


def einsum() -> None:
    print("Einsum: give every axis a letter. Letters that are missing on the right are summed over")
    q, k = torch.randn(2, 4, 5, 8), torch.randn(2, 4, 7, 8)  # (B, H, Q, D), (B, H, K, D)
    scores = torch.einsum("bhqd,bhkd->bhqk", q, k)  # (B, H, Q, K)
    torch.testing.assert_close(scores, q @ k.transpose(-2, -1))
    print(f"  bhqd,bhkd->bhqk: {tuple(q.shape)}, {tuple(k.shape)} -> {tuple(scores.shape)}, same as q @ k^T")


def gradients() -> None:
    print("Gradients: backward() adds to the .grad of the leaves and frees the graph")
    w = torch.tensor([1.0, -2.0], requires_grad=True)
    loss = (w**2).sum()
    print(f"  w is a leaf: {w.is_leaf}. loss is a leaf: {loss.is_leaf}, it was computed by {loss.grad_fn.name()}")
    loss.backward()
    print(f"  d sum(w^2) / dw = 2w = {w.grad.tolist()}")
    try:
        loss.backward()
    except RuntimeError as error:
        print(f"  backward() through the same graph again: {str(error).split(' (')[0]}")
    (w**2).sum().backward()
    print(f"  a new graph, but .grad wasn't cleared: {w.grad.tolist()}, so call zero_grad() in every step")
    with torch.no_grad():  # while autograd records, changing a leaf in place is an error
        w -= 0.125 * w.grad
    values = w.detach()
    print(f"  after a step under no_grad: w = {w.tolist()}, requires_grad is still {w.requires_grad}")
    print(f"  w.detach(): requires_grad is {values.requires_grad}, same memory: {values.data_ptr() == w.data_ptr()}")


def accumulated_gradient(x: Tensor, y: Tensor, parts: int) -> Tensor:
    """Gradient (D,) of the mean squared error at w = 0 for (N, D) and (N,), added up over equal micro-batches."""
    w = torch.zeros(x.shape[1], requires_grad=True)  # (D,)
    for part_x, part_y in zip(x.chunk(parts), y.chunk(parts), strict=True):
        (F.mse_loss(part_x @ w, part_y) / parts).backward()
    return w.grad


def accumulation() -> None:
    print("Accumulation: a large batch in little memory. Divide each loss by the number of micro-batches")
    x, y = torch.randn(8, 3), torch.randn(8)
    torch.testing.assert_close(accumulated_gradient(x, y, parts=4), accumulated_gradient(x, y, parts=1))
    print("  4 micro-batches of 2 give the same gradient as one batch of 8")


class SoftmaxCrossEntropy(torch.autograd.Function):
    """Mean cross-entropy of logits (N, C) and class indices (N,), with a hand-written backward."""

    @staticmethod
    def forward(ctx: FunctionCtx, logits: Tensor, y: Tensor) -> Tensor:
        log_probs = logits - logits.logsumexp(1, keepdim=True)  # no overflow, but logits of 1e4 lose about 2e-4
        ctx.save_for_backward(log_probs, y)
        return -log_probs.gather(1, y[:, None]).mean()  # (N, 1) -> ()

    @staticmethod
    def backward(ctx: FunctionCtx, grad_output: Tensor) -> tuple[Tensor, None]:
        log_probs, y = ctx.saved_tensors
        one_hot = F.one_hot(y, log_probs.shape[1])
        return grad_output * (log_probs.exp() - one_hot) / len(y), None  # None: y has no gradient


def mlp_backward(x: Tensor, y: Tensor, w1: Tensor, w2: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of cross_entropy(relu(x @ w1) @ w2, y). Each has its weight's shape, which gives the transposes."""
    h = x @ w1  # (N, H)
    a = h.relu()
    d_logits = ((a @ w2).softmax(1) - F.one_hot(y, w2.shape[1])) / len(y)  # (N, C)
    d_w2 = a.T @ d_logits  # (H, C)
    d_h = (d_logits @ w2.T) * (h > 0)  # (N, H)
    return x.T @ d_h, d_w2  # (D, H), (H, C)


def backward_by_hand() -> None:
    print("A hand-written backward: check it against finite differences in float64, and against autograd")
    logits = torch.randn(6, 3, dtype=torch.float64, requires_grad=True)
    y = torch.randint(0, 3, (6,))
    torch.testing.assert_close(SoftmaxCrossEntropy.apply(logits, y), F.cross_entropy(logits, y))
    passed = torch.autograd.gradcheck(SoftmaxCrossEntropy.apply, (logits, y))
    print(f"  softmax cross-entropy, gradient (p - one_hot) / N: gradcheck {passed}")
    x = torch.randn(6, 5)
    w1, w2 = torch.randn(5, 4, requires_grad=True), torch.randn(4, 3, requires_grad=True)
    F.cross_entropy((x @ w1).relu() @ w2, y).backward()
    for by_hand, w in zip(mlp_backward(x, y, w1.detach(), w2.detach()), (w1, w2), strict=True):
        torch.testing.assert_close(by_hand, w.grad)
        print(f"  two-layer MLP: gradient {tuple(by_hand.shape)} for weight {tuple(w.shape)}, same as autograd's")


def main() -> None:
    torch.manual_seed(0)
    memory()
    broadcasting()
    einsum()
    gradients()
    accumulation()
    backward_by_hand()


if __name__ == "__main__":
    main()
