class Vec:
    def __init__(self, *xs):
        self.xs = xs

    def __add__(self, o):
        return Vec(*(a + b for a, b in zip(self.xs, o.xs)))

    def __radd__(self, o):
        return self if o == 0 else NotImplemented

    def __mul__(self, k):
        return Vec(*(x * k for x in self.xs))

    __rmul__ = __mul__

    def __matmul__(self, o):
        return sum(a * b for a, b in zip(self.xs, o.xs))

    def __neg__(self):
        return -1 * self

    def __eq__(self, o):
        return isinstance(o, Vec) and self.xs == o.xs

    def __hash__(self):
        return hash(self.xs)

    def __repr__(self):
        return f"Vec{self.xs}"

    def __format__(self, spec):
        return "<" + ", ".join(format(x, spec) for x in self.xs) + ">"


v = Vec(1, 2)
print(v + v, 3 * v, v @ v, -v, sum([v, v]), {v: 1}, v == Vec(1, 2), f"{v:.1f}")
print(v + 5 if False else v != 3)
v - v
