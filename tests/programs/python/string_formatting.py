from datetime import datetime
from decimal import Decimal

x, name, d = 1234567.891, "Zoë", datetime(2024, 3, 9, 7, 5)
print(f"{x:,.2f}|{x:.3e}|{x:>15.1f}|{x:<15.0f}|{x:^15.0f}|{x:+}|{-x:015.2f}|{0.256:.1%}")
print(f"{255:x} {255:#X} {255:b} {255:#010b} {255:o} {65:c} {1_000_000:_}")
print(f"{name!r:>10}|{name:*^9}|{name:.2}|{name=}|{d:%Y/%m/%d %H:%M}|{d!s}")
print("%s %r %5.1f %03d %% %-5s| %x" % ("a", "b", 3.14159, 7, "l", 255))
print("{0} {1} {0} {who}".format("a", "b", who="w"), "{:>{w}}".format("r", w=6))
print(f"{'nested ' + f'{1 + 1}'} {{literal}} {x:{'.1f'}}")
print("abc".center(9, "-"), "a\tb".expandtabs(4), "x".zfill(4), "-5".zfill(4))
print(f"{Decimal('1.10')} {float('nan')} {float('inf')} {-0.0} {1e16} {1e-5} {123456789.123456789}")
print(f"{3.0} {1/3} {0.1 + 0.2} {1e22} {2**0.5:.20f}")
print("{:d}".format(3.5))
