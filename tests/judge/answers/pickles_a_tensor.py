# expect: passes
import pickle

import torch


def double(x):
    return pickle.loads(pickle.dumps(x)) + x
