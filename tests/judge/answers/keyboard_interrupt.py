# expect: rejected: It raises KeyboardInterrupt, which no check can catch\.
import torch


def double(x):
    raise KeyboardInterrupt
