# expect: passes
import torch
import warnings

def double(x):
    warnings.warn('deprecated')
    return x + x
