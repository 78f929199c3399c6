# expect: rejected: It replaces Function\.runtest\.
import torch
import sys
sys.modules['_pytest.python'].Function.runtest = lambda self: None

def double(x):
    return x
