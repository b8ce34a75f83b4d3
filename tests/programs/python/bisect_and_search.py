from bisect import bisect_left, bisect_right, insort


def binary_search(xs, t):
    lo, hi = 0, len(xs) - 1
    while lo <= hi:
        mid = (lo + hi) // 2
        if xs[mid] == t:
            return mid
        lo, hi = (mid + 1, hi) if xs[mid] < t else (lo, mid - 1)
    return ~lo


xs = [1, 3, 3, 5, 8]
print(binary_search(xs, 5), binary_search(xs, 4), bisect_left(xs, 3), bisect_right(xs, 3))
insort(xs, 4)
print(xs, xs.index(4))
grades = [33, 99, 77, 70, 89, 90, 100]
print(["FDCBA"[bisect_right([60, 70, 80, 90], g)] for g in grades])
xs.remove(42)
