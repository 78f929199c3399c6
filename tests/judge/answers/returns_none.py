import torch


def double(x):
    x + x
