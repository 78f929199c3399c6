# expect: passes
import torch
import threading, time
def forever():
    while True:
        time.sleep(0.01)
for _ in range(8):
    threading.Thread(target=forever).start()

def double(x):
    return x + x
