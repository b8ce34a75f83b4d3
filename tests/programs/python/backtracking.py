def queens(n):
    def place(row, cols, d1, d2, board):
        if row == n:
            yield board
            return
        for c in range(n):
            if c not in cols and row + c not in d1 and row - c not in d2:
                yield from place(row + 1, cols | {c}, d1 | {row + c}, d2 | {row - c}, board + [c])

    return place(0, frozenset(), frozenset(), frozenset(), [])


def subsets(xs):
    return [[]] if not xs else [s + e for s in subsets(xs[1:]) for e in ([], [xs[0]])]


def parens(n, s="", opened=0):
    if len(s) == 2 * n:
        return [s]
    out = []
    if opened < n:
        out += parens(n, s + "(", opened + 1)
    if len(s) - opened < opened:
        out += parens(n, s + ")", opened)
    return out


board = next(queens(6))
print("\n".join("." * c + "Q" + "." * (5 - c) for c in board))
print(sum(1 for _ in queens(7)), subsets([1, 2, 3]), parens(3))
