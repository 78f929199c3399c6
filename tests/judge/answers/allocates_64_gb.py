# expect: fails: RuntimeError
import torch


def double(x):
    return torch.zeros(64 << 28, dtype=torch.float32)[: len(x)]
