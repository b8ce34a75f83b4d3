import sys

sys.setrecursionlimit(10_000)


class Tree:
    def __init__(self, left=None, right=None):
        self.left, self.right = left, right


root = None
for _ in range(900):
    root = Tree(root, None)


def depth(t):
    return 0 if t is None else 1 + max(depth(t.left), depth(t.right))


print(depth(root))


def dfs(node, graph, seen):
    seen.add(node)
    for n in graph[node]:
        if n not in seen:
            dfs(n, graph, seen)
    return len(seen)


n = 3000
print(dfs(0, {i: [i + 1] if i + 1 < n else [] for i in range(n)}, set()))
