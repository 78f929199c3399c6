# expect: rejected: It defines no double; start\.py shows the signature\.
def doubled(x):
    return x + x
