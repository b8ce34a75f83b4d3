import math

print(2**200, (-7) // 2, (-7) % 3, divmod(-7, 2), 7 // -2, -7 % -3)
print(math.factorial(40), math.comb(50, 25), math.gcd(2**64, 6**30), math.isqrt(10**40))
print(pow(3, -1, 11), pow(2, 1000, 10**9 + 7), (10**50).bit_length(), hex(2**70), int("ff", 16))
print(int("1" * 60) % 97, 0b1010, 0o17, 1_000, ~5, 5 ^ 3, -8 >> 1, 1 << 100)
print((12345678901234567890).to_bytes(9, "big"), int.from_bytes(b"\x01\x00", "little"))
print(10**20 == 1e20, 2**53 + 1 == float(2**53 + 1), round(12345, -2))
print(sum(int(d) for d in str(2**1000)), math.prod(range(1, 25)))
print(10**400 / 3)
