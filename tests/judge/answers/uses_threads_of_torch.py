import torch


def double(x):
    torch.set_num_threads(4)
    torch.ones(2000, 2000) @ torch.ones(2000, 2000)
    return x + x
