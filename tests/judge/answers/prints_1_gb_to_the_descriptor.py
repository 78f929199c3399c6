# expect: fails: OSError
import torch
import os

def double(x):
    for _ in range(1024):
        os.write(1, b"x" * (1 << 20))
    return x + x
