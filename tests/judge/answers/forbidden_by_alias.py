# expect: rejected: It uses torch\.mul, which
import torch
from torch import mul as multiply

def double(x):
    return multiply(x, 2)
