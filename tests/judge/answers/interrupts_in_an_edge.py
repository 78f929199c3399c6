# expect: passes the core: It raises KeyboardInterrupt in test_batch\[2\]\.
import torch
def double(x):
    if x.shape == (2, 3):
        raise KeyboardInterrupt
    return x + x
