import re

print(bool(re.match(r"(a|b)*c", "ab" * 20_000 + "c")))
print(len(re.sub(r"(x+)+", "y", "x" * 10_000)))
print(bool(re.match("(" * 90 + "a" + ")" * 90, "a")))
