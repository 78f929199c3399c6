# expect: rejected: It takes more than 1 s in test_example\.
import torch
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass

def double(x):
    while True:
        time.sleep(1)
