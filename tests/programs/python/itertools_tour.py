from itertools import (
    accumulate, chain, combinations, count, cycle, groupby, islice, pairwise, permutations,
    product, repeat, starmap, takewhile, tee, zip_longest,
)

print(list(accumulate([1, 2, 3, 4])), list(chain("ab", [1])), list(islice(count(5, 2), 3)))
print(list(combinations("abc", 2)), len(list(permutations(range(4)))), list(product("ab", repeat=2)))
print([(k, len(list(g))) for k, g in groupby("aaabbc")], list(pairwise([1, 2, 3])))
print(list(zip_longest("ab", "c", fillvalue="-")), list(takewhile(lambda x: x < 3, count())))
print(list(starmap(pow, [(2, 3), (3, 2)])), list(islice(cycle("xy"), 5)), list(repeat(7, 2)))
a, b = tee(iter([1, 2]))
print(list(a), list(b), list(zip([1, 2], "abc", strict=False)), list(map(max, [1, 5], [3, 2])))
print(list(zip([1, 2], "abc", strict=True)))
