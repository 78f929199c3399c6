# expect: rejected: It cannot be imported: ModuleNotFoundError: No module named 'nonsense
import torch
import nonsense_that_is_not_there

def double(x):
    return x + x
