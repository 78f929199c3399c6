# expect: passes the core: It takes more than 5 s in test_batch\[2\]\.
import torch
def double(x):
    while x.shape == (2, 3):
        pass
    return x + x
