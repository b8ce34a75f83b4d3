import sys

print("before")
try:
    sys.exit("fatal: no input")
finally:
    print("cleanup")
