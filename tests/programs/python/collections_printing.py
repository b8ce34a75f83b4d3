from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple

words = "the quick the lazy the dog quick".split()
c = Counter(words)
print(c, c.most_common(2), c["cat"], sum(c.values()), c - Counter(the=1), +c)
d = deque([1, 2, 3], maxlen=3)
d.appendleft(0)
d.rotate(1)
print(d, deque("ab"))
dd = defaultdict(list)
for w in words:
    dd[len(w)].append(w)
print(dd, dict(dd), dd.get(99))
Point = namedtuple("Point", "x y", defaults=[0])
p = Point(1)
print(p, p._asdict(), p._replace(y=5), p == (1, 0))
print(ChainMap({"a": 1}, {"a": 2, "b": 3})["b"], list(OrderedDict(a=1, b=2).items()))
print({1, 2, 3} ^ {3, 4}, {1} | {2}, frozenset([1]), set(), {}, (1,), (), [[]], {"a": {"b": [1, (2,)]}})
print({"k": None, True: 1.0, 1: "same"}, {x: x**2 for x in range(3)}, dict(zip("ab", [1, 2])))
p.x = 5
