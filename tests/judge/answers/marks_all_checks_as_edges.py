# expect: rejected: Not every check has reported\.
import torch
import gc

for item in gc.get_objects():
    if type(item).__name__ == "Function" and hasattr(item, "add_marker"):
        item.add_marker("edge")


def double(x):
    return x
