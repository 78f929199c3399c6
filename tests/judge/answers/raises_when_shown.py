# expect: fails: SystemExit
import torch
class Strange:
    def __repr__(self):
        raise SystemExit(0)

def double(x):
    return Strange()
