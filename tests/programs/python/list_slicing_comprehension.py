xs = list(range(10))
print(xs[::3], xs[-3:], xs[:-7:-1], xs[20:], xs[5:2], xs[::-1][:2])
xs[2:5] = ["a"]
xs[-1:] = []
del xs[::4]
print(xs, xs * 2 == xs + xs, [0] * 3, [[]] * 2)
words = ["apple", "bob", "cat"]
print({w: len(w) for w in words}, {len(w) for w in words} == {3, 5}, [w[0] for w in words if len(w) == 3])
print([(i, j) for i in range(3) for j in range(i)], [[r * c for c in range(3)] for r in range(2)])
print(*(x for x in "ab"), sep="-")
print(list(map(lambda a, b: a * b, [1, 2], [3, 4])), list(filter(None, [0, 1, "", "x"])))
print(any([]), all([]), sum([[1], [2]], []), sorted("hello", reverse=True), "".join(reversed("abc")))
print(words.index("cat"), "bob" in words, words.count("x"), words.pop(0), words, words.insert(1, "z"), words)
t = 1, 2
t += (3,)
print(t, t[1:], t.index(3), tuple("ab") + t, max((1, 2), (1, 3)), (1,) < (1, 0))
print(divmod(17, 5), round(17 / 5, 1), 17 // 5, abs(-3), pow(2, 5, 7), bin(10), hex(255), oct(8))
print(range(5)[-1], range(0, 10, 3)[1:], len(range(10, 0, -2)), 5 in range(0, 10, 5), range(3) == range(0, 3, 1))
t[0] = 5
