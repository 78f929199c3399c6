# expect: rejected: It cannot be imported: SystemExit: 0
import torch
import sys
sys.exit(0)

def double(x):
    return x + x
