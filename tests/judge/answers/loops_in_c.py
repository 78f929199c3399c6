# expect: rejected: It takes more than 1 s in test_example\.
import torch
import itertools

def double(x):
    sum(itertools.repeat(1))
