# expect: rejected: Not every check has reported\.
import torch
import gc

for item in gc.get_objects():
    if type(item).__name__ == "Function" and hasattr(item, "add_marker"):
        item.session.items[:] = [each for each in item.session.items if each.name == "test_sum"]


def double(x):
    return x + x if x.sum() == 6 else x
