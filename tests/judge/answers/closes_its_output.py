# expect: passes
import torch
import sys
sys.stdout.close()
sys.stderr = None

def double(x):
    return x + x
