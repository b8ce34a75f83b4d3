def counter():
    n = 0

    def inc(by=1):
        nonlocal n
        n += by
        return n

    return inc


c = counter()
c()
c(5)
print(c(), [f() for f in [lambda: i for i in range(3)]])
print([f() for f in [lambda i=i: i for i in range(3)]])
print(c.__closure__[0].cell_contents)


def f(x, acc=[]):
    acc.append(x)
    return acc


print(f(1), f(2))


def g():
    print(value)
    value = 1


g()
