# expect: rejected: It sends a signal to another process\.
import torch
import os, signal

def double(x):
    try:
        os.kill(os.getppid(), signal.SIGKILL)
    except PermissionError:
        pass
    return x + x
