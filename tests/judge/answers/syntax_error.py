# expect: rejected: It isn't valid Python: SyntaxError: expected ':'
import torch


def double(x)
    return x + x
