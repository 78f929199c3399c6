"""SimCLR code: F.normalize, then log_softmax and the diagonal."""

import torch.nn.functional as F
from torch import Tensor


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    if a.shape != b.shape:
        raise ValueError(f"{a.shape} != {b.shape}")
    z1, z2 = F.normalize(a, dim=1), F.normalize(b, dim=1)
    sim = z1 @ z2.T / temperature
    loss = -sim.log_softmax(dim=1).diagonal().mean()
    if symmetric:
        loss = 0.5 * (loss - sim.log_softmax(dim=0).diagonal().mean())
    return loss
