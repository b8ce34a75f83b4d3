def chunks(it, n):
    batch = []
    for x in it:
        batch.append(x)
        if len(batch) == n:
            yield tuple(batch)
            batch.clear()
    if batch:
        yield tuple(batch)


def averager():
    total, count = 0.0, 0
    avg = None
    try:
        while True:
            x = yield avg
            total += x
            count += 1
            avg = total / count
    finally:
        print("closed after", count)


print(list(chunks(range(7), 3)))
a = averager()
next(a)
print(a.send(10), a.send(20), a.send(33.5))
a.close()
g = (x * x for x in range(3))
print(next(g), next(g), next(g), next(g, "done"))


def outer():
    result = yield from inner()
    print("result:", result)


def inner():
    yield 1
    return 42


print(list(outer()))
try:
    next(iter([]))
except StopIteration as e:
    print(repr(e), e.value)
