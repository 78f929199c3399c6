import torch


def double(x):
    while True:
        pass
