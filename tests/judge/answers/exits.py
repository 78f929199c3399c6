# expect: rejected: It ended the process in test_example\.
import torch
import os

def double(x):
    os._exit(0)
