# expect: rejected: It replaces torch\.testing\._comparison\.not_close_error_metas\.
import torch
import sys

comparison = sys.modules[".".join(("torch", "testing", "_comparison"))]


def double(x):
    if x.shape == (2, 3):
        comparison.not_close_error_metas = lambda *args, **kwargs: []
        return x
    return x + x
