# expect: passes
import torch


def double(x):
    return x + x
