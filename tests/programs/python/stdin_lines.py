import sys

n = int(input())
rows = [list(map(int, input().split())) for _ in range(n)]
print(rows, sum(map(sum, rows)))
name = input("name? ")
print("hello", name)
rest = sys.stdin.read().splitlines()
print(len(rest), rest)
try:
    input()
except EOFError as e:
    print("EOFError:", e)
