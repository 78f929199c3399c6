"""The formula: logsumexp minus the diagonal, clamp(min=eps) of the norms, as in cosine_similarity."""

from torch import Tensor


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.07, symmetric: bool = True) -> Tensor:
    if a.shape != b.shape:
        raise ValueError("shapes must match")
    a = a / a.norm(dim=1, keepdim=True).clamp(min=1e-8)
    b = b / b.norm(dim=1, keepdim=True).clamp(min=1e-8)
    sim = (a @ b.T) / temperature
    positives = sim.diag()
    a_to_b = (sim.logsumexp(dim=1) - positives).mean()
    if not symmetric:
        return a_to_b
    b_to_a = (sim.logsumexp(dim=0) - positives).mean()
    return (a_to_b + b_to_a) / 2
