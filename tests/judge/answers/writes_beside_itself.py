# expect: rejected: It writes .*left_behind\.
import torch
from pathlib import Path

def double(x):
    Path(__file__).with_name('left_behind').write_text('here')
    return x + x
