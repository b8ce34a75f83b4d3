import struct
import sys

print(sys.maxsize)
print(struct.calcsize("P"))
print(hash(2**61 - 1))
