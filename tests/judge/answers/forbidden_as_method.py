# expect: rejected: It uses torch\.Tensor\.mul, which
import torch


def double(x):
    return x.mul(2)
