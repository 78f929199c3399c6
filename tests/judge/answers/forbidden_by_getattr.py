# expect: rejected: It uses torch\.mul, which
import torch


def double(x):
    return getattr(torch, 'mu' + 'l')(x, 2)
