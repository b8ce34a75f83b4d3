import sys


def depth(n):
    return depth(n + 1)


try:
    depth(0)
except RecursionError as e:
    print(type(e).__name__, "maximum recursion depth exceeded" in str(e))


def count(n):
    return 0 if n == 0 else 1 + count(n - 1)


print(count(900), sys.getrecursionlimit() >= 1000)
sys.setrecursionlimit(3000)
print(count(2500))
depth(0)
