# expect: rejected: It reads solution.* of the drill\.
import torch
import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).parents[2] / 'support/drill_folders/golden/double'))
from solution import double as solved

def double(x):
    return solved(x)
