data = [3, 1, 4, 1, 5]
if (n := len(data)) > 3:
    print(f"{n=} {data[:2]=}")
first, *middle, last = data
print(first, middle, last, *middle, sep="/")
a, (b, c), *_ = 1, (2, 3), 4, 5
a, b = b, a
print(a, b, c, _)


def f(a, /, b, *args, c=3, **kw):
    return a, b, args, c, kw


print(f(1, 2), f(1, b=2, c=5, d=6), f(*[1, 2, 3], **{"c": 0}))
print({**{"a": 1}, "a": 2}, [*range(3), *"ab"], (lambda *a: a)(1, 2))
matrix = [[1, 2, 3], [4, 5, 6]]
print(list(zip(*matrix)), [x for row in matrix for x in row if x % 2], data[-2:], data[::-2])
x = y = []
x += [1]
print(y, x is y, 1 < 2 < 3, not [] or "x", [] and 1, None or 0)
print("for-else:", end=" ")
for i in range(3):
    if i == 5:
        break
else:
    print("no break")
f(a=1, b=2)
