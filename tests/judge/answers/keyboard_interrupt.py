# expect: rejected: It raises KeyboardInterrupt in test_example\.
import torch


def double(x):
    raise KeyboardInterrupt
