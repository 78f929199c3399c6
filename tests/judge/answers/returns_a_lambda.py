# expect: fails: AttributeError
import torch


def double(x):
    return lambda: x
