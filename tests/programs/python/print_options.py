import sys

print("a", "b", sep="", end="!\n")
print(*range(5), sep=",")
print("to stderr", file=sys.stderr)
print("flushed", flush=True)
print()
print(None, True, 1.0, [1.0, "x", None], ("t",), {"d": 1})
print("carriage\rreturn", "back\bspace", "bell\x07", "\x1b[31mred\x1b[0m")
sys.stdout.write("no newline")
sys.stdout.write("\n")
print("a\n\n\nb", end="")
print(sys.stdout.isatty(), sys.stdout.encoding, file=None)
