# expect: passes
import torch


def double(x):
    torch.set_num_threads(4)
    torch.ones(500, 500) @ torch.ones(500, 500)
    return x + x
