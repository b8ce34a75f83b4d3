def flatten(xs):
    for x in xs:
        if isinstance(x, list):
            yield from flatten(x)
        else:
            yield x


nested = [1, [2, [3, [4, [5]]]]]
print(list(flatten(nested)), str(nested).count("["))
deep = []
for _ in range(500):
    deep = [deep]
print(repr(deep)[:5], len(repr(deep)))


def hanoi(n, a="A", b="B", c="C"):
    return 0 if n == 0 else hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)


def ackermann(m, n):
    if m == 0:
        return n + 1
    return ackermann(m - 1, 1) if n == 0 else ackermann(m - 1, ackermann(m, n - 1))


print(hanoi(12), ackermann(2, 9))
