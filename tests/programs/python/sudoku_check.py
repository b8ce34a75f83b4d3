board = """
530070000
600195000
098000060
800060003
400803001
700020006
060000280
000419005
000080079
""".split()


def solve(b):
    for r in range(9):
        for c in range(9):
            if b[r][c] == "0":
                used = set(b[r]) | {b[k][c] for k in range(9)}
                br, bc = r // 3 * 3, c // 3 * 3
                used |= {b[i][j] for i in range(br, br + 3) for j in range(bc, bc + 3)}
                for d in "123456789":
                    if d not in used:
                        b[r] = b[r][:c] + d + b[r][c + 1:]
                        if solve(b):
                            return True
                b[r] = b[r][:c] + "0" + b[r][c + 1:]
                return False
    return True


print(solve(board))
print(*board, sep="\n")
