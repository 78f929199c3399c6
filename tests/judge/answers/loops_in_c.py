import torch
import itertools

def double(x):
    sum(itertools.repeat(1))
