# expect: rejected: It ended the process while it is imported\.
import torch
import json, marshal, os
for descriptor in range(3, 64):
    for message in ({'tier': 'core', 'refused': '', 'line': 0}, {'ended': ''}, {'check': {'name': 'a', 'description': 'a', 'passed': True}}):
        for line in (json.dumps(message).encode(), (bytes(32) + marshal.dumps(message)).hex().encode(), b'\xff'):
            try:
                os.write(descriptor, line + b'\n')
            except OSError:
                pass
os._exit(0)

def double(x):
    return x
