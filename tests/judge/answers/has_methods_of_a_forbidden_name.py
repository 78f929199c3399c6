# expect: passes
class Doubler:
    def __init__(self, x):
        self.x = x

    def mul(self):
        return self.x + self.x

def double(x):
    return Doubler(x).mul()
