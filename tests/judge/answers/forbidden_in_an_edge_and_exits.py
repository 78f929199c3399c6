# expect: rejected: It uses torch\.mul, which
import torch
import os


def double(x):
    if x.shape == (2, 3):
        try:
            getattr(torch, "m" + "ul")(x, 2)
        except BaseException:
            os._exit(0)
    return x + x
