"""The max detached as in many library codes, and one comparison with torch below the main guard."""

import torch
from torch import Tensor


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    z = torch.exp(x - x.detach().max(dim, keepdim=True)[0])
    return z / z.sum(dim, keepdim=True)


def logsumexp(x: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:
    m = x.detach().max(dim, keepdim=True)[0]
    lse = m.squeeze(dim) + (x - m).exp().sum(dim).log()
    return lse.unsqueeze(dim) if keepdim else lse


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    x = x - x.detach().max(dim, keepdim=True)[0]
    return x - x.exp().sum(dim, keepdim=True).log()


if __name__ == "__main__":
    x = torch.randn(3, 4)
    assert torch.allclose(softmax(x), torch.softmax(x, dim=-1))
    assert torch.allclose(log_softmax(x), torch.log_softmax(x, dim=-1))
    assert torch.allclose(logsumexp(x), torch.logsumexp(x, dim=-1))
