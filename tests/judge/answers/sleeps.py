# expect: rejected: It takes more than 1 s in test_example\.
import torch
import time

def double(x):
    time.sleep(100)
