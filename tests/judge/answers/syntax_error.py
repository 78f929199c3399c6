# expect: rejected: It does not parse: SyntaxError: expected ':'
import torch


def double(x)
    return x + x
