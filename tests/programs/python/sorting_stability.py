from functools import cmp_to_key
from operator import attrgetter, itemgetter

rows = [("b", 2), ("a", 1), ("c", 2), ("d", 1)]
print(sorted(rows, key=itemgetter(1)), sorted(rows, key=lambda r: (-r[1], r[0])))
print(sorted(rows, key=itemgetter(1), reverse=True))
print(sorted("Banana apple Cherry".split()), sorted("Banana apple Cherry".split(), key=str.lower))
nums = [3, 30, 34, 5, 9]
print("".join(sorted(map(str, nums), key=cmp_to_key(lambda a, b: 1 if a + b < b + a else -1))))
xs = [5, 2, 9]
print(xs.sort(), xs, xs[::-1], list(reversed(xs)), sorted([True, 0, 2.5]), sorted({"b": 1, "a": 2}))
print(attrgetter("real")(5), min("bca"), max(rows, key=itemgetter(1)), sorted([[2, 1], [1, 9]]))
print(sorted([3, "a", 1]))
