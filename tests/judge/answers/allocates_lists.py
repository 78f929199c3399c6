# expect: fails: MemoryError
def double(x):
    return [0.0] * (1 << 30)
