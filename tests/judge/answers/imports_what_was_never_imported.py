import sys

sys.path.insert(0, ".")
open("fresh.py", "w").write("twice = lambda x: x + x\n")


def double(x):
    import fresh

    return fresh.twice(x)
