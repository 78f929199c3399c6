# expect: rejected: It doesn't define double; start\.py shows the signature\.
def doubled(x):
    return x + x
