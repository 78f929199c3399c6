import torch


def double(x):
    lists = []
    while True:
        lists.append(bytearray(1 << 28))
