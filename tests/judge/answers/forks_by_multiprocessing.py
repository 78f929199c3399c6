# expect: rejected: It starts a process\.
import torch
import multiprocessing

def double(x):
    multiprocessing.get_context('fork').Process(target=print).start()
    return x + x
