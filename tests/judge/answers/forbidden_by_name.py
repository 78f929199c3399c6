# expect: rejected: It uses torch\.mul, which this drill is about: write it yourself\.
import torch


def double(x):
    return torch.mul(x, 2)
