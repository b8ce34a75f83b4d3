class Countdown:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1

    def __getitem__(self, i):
        return ("slice", i.start, i.stop, i.step) if isinstance(i, slice) else i


c = Countdown(3)
print(list(c), list(c), Countdown(0)[1:5:2], Countdown(0)[-1])
print(sum(Countdown(100)), max(Countdown(5)), 3 in Countdown(5), dict(enumerate(Countdown(2))))
a, b = Countdown(2)
print(a, b, [*map(str, Countdown(2))], any(x > 1 for x in Countdown(2)))
a, b = Countdown(3)
