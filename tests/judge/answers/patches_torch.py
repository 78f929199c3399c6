# expect: rejected: It replaces torch\.testing\.assert_close\.
import torch
import torch.testing
torch.testing.assert_close = lambda *_: None

def double(x):
    return x
