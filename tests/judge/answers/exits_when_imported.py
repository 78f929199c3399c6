# expect: rejected: It ended the process while it is imported\.
import torch
import os
os._exit(0)

def double(x):
    return x + x
