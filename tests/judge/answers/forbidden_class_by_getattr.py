# expect: rejected: It uses torch\.nn\.Identity, which
import torch


def double(x):
    return getattr(torch.nn, 'Iden' + 'tity')()(x) + x
