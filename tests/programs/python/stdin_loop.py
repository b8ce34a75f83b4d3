import sys

total = 0
for number, line in enumerate(sys.stdin, 1):
    line = line.rstrip("\n")
    if not line:
        continue
    try:
        total += float(line)
    except ValueError as e:
        print(f"line {number}: {e}", file=sys.stderr)
print(f"{total:g}")
sys.stdout.write("no newline at the end")
sys.exit(0)
