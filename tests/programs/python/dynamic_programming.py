from functools import cache, lru_cache


@lru_cache(maxsize=None)
def lcs(a, b):
    if not a or not b:
        return ""
    if a[0] == b[0]:
        return a[0] + lcs(a[1:], b[1:])
    return max(lcs(a[1:], b), lcs(a, b[1:]), key=len)


@cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def knapsack(items, cap):
    table = [[0] * (cap + 1) for _ in range(len(items) + 1)]
    for i, (w, v) in enumerate(items, 1):
        for c in range(cap + 1):
            table[i][c] = max(table[i - 1][c], table[i - 1][c - w] + v if c >= w else 0)
    return table[-1][-1]


print(lcs("AGGTAB", "GXTXAYB"), fib(90), knapsack([(1, 1), (3, 4), (4, 5), (5, 7)], 7))
print(lcs.cache_info().misses > 0, fib.cache_info())
print(fib.__name__, fib.__wrapped__)if False else print(fib.__name__)
