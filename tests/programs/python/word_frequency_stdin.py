import sys
from collections import Counter

text = sys.stdin.read().lower()
words = "".join(c if c.isalnum() or c.isspace() else " " for c in text).split()
for word, n in sorted(Counter(words).items(), key=lambda kv: (-kv[1], kv[0]))[:5]:
    print(f"{word:<10}{'#' * n} {n}")
print(len(text.splitlines()), len(words), len(set(words)))
