import torch


def double(x):
    raise KeyboardInterrupt
