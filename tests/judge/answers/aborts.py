import torch
import os

def double(x):
    os.abort()
