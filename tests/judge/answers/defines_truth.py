# expect: rejected: It defines a kind of Tensor, Right, which would decide how it's compared\.
import torch
class Right(torch.Tensor):
    def __bool__(self):
        return True

def double(x):
    return torch.zeros_like(x).as_subclass(Right)
