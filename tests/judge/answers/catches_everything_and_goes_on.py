import torch
import time

def double(x):
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass
