# expect: rejected: It gives Tensor another __eq__\.
import torch
setattr(torch.Tensor, '__e' + 'q__', lambda self, other: torch.tensor(True))

def double(x):
    return x
