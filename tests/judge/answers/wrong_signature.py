# expect: fails: TypeError
def double():
    return 2
