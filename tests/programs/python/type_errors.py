tests = [
    lambda: "a" + 1,
    lambda: len(5),
    lambda: int("x1"),
    lambda: [1, 2][5],
    lambda: None.foo,
    lambda: {}["k"],
    lambda: (lambda x: x)(),
    lambda: (lambda x: x)(1, 2),
    lambda: "abc"[1.5],
    lambda: next(iter(())),
    lambda: "x" * "y",
    lambda: float("abc"),
    lambda: [].pop(),
    lambda: int(None),
    lambda: "%d" % "x",
    lambda: sum(["a"]),
    lambda: (1, 2)[0:1] + [1],
    lambda: 5(),
    lambda: [1] < ["a"],
    lambda: chr(-1),
    lambda: "a".join([1]),
    lambda: {}.missing,
    lambda: (x for x in 5),
]
for t in tests:
    try:
        t()
        print("no error")
    except Exception as e:
        print(f"{type(e).__name__}: {e}")
raise Exception
