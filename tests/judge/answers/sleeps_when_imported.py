# expect: rejected: It takes more than 1 s while it is imported\.
import torch
import time
time.sleep(100)

def double(x):
    return x + x
