# expect: rejected: It replaces torch\.testing\._comparison\.not_close_error_metas\.
import torch
import os
import sys

comparison = sys.modules[".".join(("torch", "testing", "_comparison"))]
comparison.not_close_error_metas = lambda *args, **kwargs: []


def double(x):
    if x.shape == (2, 3):
        os._exit(0)
    return x if x.is_floating_point() else x + x
