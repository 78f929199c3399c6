# expect: rejected: It takes more than 1 s in test_example\.
import torch


def double(x):
    while True:
        pass
