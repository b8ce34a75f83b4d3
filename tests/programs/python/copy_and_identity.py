import copy
import sys

a = [1, [2, 3], {"k": [4]}]
b, c = copy.copy(a), copy.deepcopy(a)
a[1].append(99)
print(b, c, a is b, a[1] is b[1], a == b)
x = 256
print(x is a, "ab" == "a" + "b", [] is [], () == ())
loop = [1]
loop.append(loop)
print(loop, copy.deepcopy(loop)[1][0])
d = {}
d["me"] = d
print(d)
del a[0], d["me"]
print(a, d, sys.getrefcount(d) > 1)
