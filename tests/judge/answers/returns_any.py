# expect: rejected: It uses unittest\.mock, which no answer needs
import torch
from unittest.mock import ANY

def double(x):
    return ANY
