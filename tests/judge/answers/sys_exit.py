# expect: fails: SystemExit
import torch
import sys

def double(x):
    sys.exit(0)
