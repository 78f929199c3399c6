# expect: passes
import torch
from pathlib import Path

def double(x):
    Path('notes.txt').write_text('here')
    return x + x
