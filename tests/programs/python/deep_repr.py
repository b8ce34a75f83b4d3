deep = []
for _ in range(100_000):
    deep = [deep]
try:
    repr(deep)
except RecursionError as e:
    print(type(e).__name__)
try:
    print(deep == [[]])
    other = []
    for _ in range(100_000):
        other = [other]
    print(deep == other)
except RecursionError as e:
    print(type(e).__name__)
