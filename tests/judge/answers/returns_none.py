# expect: fails: none
import torch


def double(x):
    x + x
