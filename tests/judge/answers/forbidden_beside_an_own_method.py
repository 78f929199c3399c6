# expect: rejected: It uses torch\.Tensor\.mul, which
class Doubler:
    def mul(self, x):
        return x.mul(2)

def double(x):
    return Doubler().mul(x)
