# expect: rejected: It replaces the module torch\.testing\.
import torch
import sys, types
fake = types.ModuleType('torch.testing')
fake.assert_close = lambda *_: None
sys.modules['torch.testing'] = fake

def double(x):
    return x
