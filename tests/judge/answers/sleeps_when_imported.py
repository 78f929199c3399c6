import torch
import time
time.sleep(100)

def double(x):
    return x + x
