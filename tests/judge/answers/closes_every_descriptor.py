# expect: rejected: It closed its connection to the judge in test_example\.
import os
import time


def double(x):
    os.closerange(0, 64)
    time.sleep(100)
