count = 0


def inc():
    global count
    count += 1


for _ in range(3):
    inc()
print(count, "count" in globals(), [k for k in globals() if not k.startswith("_")])


def broken():
    count += 1


broken()
