# expect: rejected: It uses torch\.mul, which
import torch


def double(x):
    try:
        return getattr(torch, 'm' + 'ul')(x, 2)
    except BaseException:
        return x + x
