# expect: rejected: It starts a process\.
import torch
import subprocess

def double(x):
    try:
        subprocess.Popen(['sleep', '1000'], start_new_session=True)
    except Exception:
        pass
    return x + x
