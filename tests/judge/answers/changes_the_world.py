# expect: passes
import torch
import gc, os, sys, warnings
gc.disable()
warnings.simplefilter('ignore')
sys.path.clear()
os.environ.clear()
sys.setrecursionlimit(200)
torch.manual_seed(3)
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)

def double(x):
    return x + x
