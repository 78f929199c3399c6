# expect: rejected: It reads solution\.py of the drill\.
from pathlib import Path

source = (Path(__file__).parents[2] / 'support/drill_folders/golden/double/solution.py').read_text()

def double(x):
    return x + x
