import math
import sys
from fractions import Fraction

print(0.1 + 0.2, 1 / 3, 1e100, 1e-7, 123456789012345680.0, 5e-324, 1.7976931348623157e308)
print(round(2.5), round(3.5), round(2.675, 2), round(-0.5), round(1234.5678, -2))
print(math.inf - math.inf, math.nan == math.nan, -0.0, math.copysign(1, -0.0), 0.0 == -0.0)
print(math.isclose(0.1 + 0.2, 0.3), round(sum([0.1] * 10), 12), math.fsum([0.1] * 10))
print((0.1).hex(), (0.5).as_integer_ratio(), float("1e400"), float("-inf"), float(" 12 "))
print(math.sqrt(2), math.pi, math.e, math.sin(1), math.log(10), math.exp(1), math.hypot(3, 4))
print(math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.5), int(-1.9), 7.0 // 2, -7.5 % 2)
print(Fraction(1, 3) + Fraction(1, 6), Fraction("0.125"), Fraction(0.1).limit_denominator(10))
print(complex(1, -2) * 2j, abs(3 + 4j), (1 + 2j).conjugate(), sys.float_info.epsilon)
print(1.0, 1.5e3, 1e15, 1e16, 1e17, 1.0e5, float(10**15), 100000000000000000000.0)
print(1 / 0)
