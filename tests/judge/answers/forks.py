# expect: rejected: It starts a process\.
import torch
import os

def double(x):
    while True:
        os.fork()
