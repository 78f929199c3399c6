# expect: rejected: It replaces interview_prep\.judge\.run_checks\.is_edge\.
import torch
import sys

sys.modules["interview_prep.judge.run_checks"].is_edge = lambda item: True


def double(x):
    return x
