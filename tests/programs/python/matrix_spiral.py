def spiral(m):
    out = []
    while m:
        out += m.pop(0)
        m = [list(r) for r in zip(*m)][::-1]
    return out


grid = [[r * 4 + c for c in range(4)] for r in range(3)]
for row in grid:
    print(" ".join(f"{v:3d}" for v in row))
print(spiral([row[:] for row in grid]))
print([list(r) for r in zip(*grid[::-1])])
bad = [[0] * 2] * 2
bad[0][0] = 1
print(bad)


def islands(g):
    seen = set()

    def fill(r, c):
        if (r, c) in seen or not (0 <= r < len(g) and 0 <= c < len(g[0])) or g[r][c] == "0":
            return 0
        seen.add((r, c))
        return 1 + fill(r + 1, c) + fill(r - 1, c) + fill(r, c + 1) + fill(r, c - 1)

    return [n for r in range(len(g)) for c in range(len(g[0])) if (n := fill(r, c))]


print(islands(["11000", "11000", "00100", "00011"]))
print(grid[3][0])
