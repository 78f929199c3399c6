# expect: rejected: It uses torch\.mul, which
import torch
def double(x):
    if x.shape == (2, 3):
        try:
            return getattr(torch, "m" + "ul")(x, 2)
        except BaseException:
            pass
    return x + x
