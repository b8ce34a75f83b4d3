from __future__ import annotations

from collections import deque


class TreeNode:
    def __init__(self, val, left: TreeNode | None = None, right: TreeNode | None = None):
        self.val, self.left, self.right = val, left, right


def insert(root, v):
    if root is None:
        return TreeNode(v)
    if v < root.val:
        root.left = insert(root.left, v)
    else:
        root.right = insert(root.right, v)
    return root


def inorder(n):
    return inorder(n.left) + [n.val] + inorder(n.right) if n else []


def levels(root):
    out, q = [], deque([root])
    while q:
        out.append([n.val for n in q])
        for _ in range(len(q)):
            n = q.popleft()
            q.extend(c for c in (n.left, n.right) if c)
    return out


def draw(n, depth=0):
    if n:
        draw(n.right, depth + 1)
        print("    " * depth + str(n.val))
        draw(n.left, depth + 1)


root = None
for v in [8, 3, 10, 1, 6, 14, 4, 7]:
    root = insert(root, v)
print(inorder(root), levels(root))
draw(root)
print(root.left.left.left.val)
