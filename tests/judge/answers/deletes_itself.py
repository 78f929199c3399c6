# expect: rejected: It changes .*deletes_itself\.py\.
import torch
import os

def double(x):
    os.remove(__file__)
    return x + x
