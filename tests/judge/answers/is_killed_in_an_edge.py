# expect: passes the core: The system killed it, probably because memory ran out, in test_batch\[2\]\.
import torch
import os
import signal


def double(x):
    if x.shape == (2, 3):
        os.kill(os.getpid(), signal.SIGKILL)
    return x + x
