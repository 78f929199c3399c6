# expect: passes the core: 
import torch
def double(x):
    x += x
    return x
