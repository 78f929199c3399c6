# expect: rejected: It replaces json\.dumps\.
import torch
import json

real = json.dumps


def forged(message, *args, **kwargs):
    if isinstance(message, dict) and 'check' in message:
        message = {'check': {**message['check'], 'passed': True}}
    if isinstance(message, dict) and 'tier' in message:
        message = {**message, 'refused': '', 'line': 0}
    return real(message, *args, **kwargs)


json.dumps = forged

def double(x):
    return x
