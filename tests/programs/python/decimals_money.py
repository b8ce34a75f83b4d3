from decimal import ROUND_HALF_UP, Decimal, getcontext, localcontext

price = Decimal("19.99")
print(price * 3, (price * Decimal("0.19")).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))
print(Decimal(1) / 7, Decimal("1e10"), Decimal("1.10").normalize(), Decimal(0.1))
with localcontext() as ctx:
    ctx.prec = 5
    print(Decimal(2).sqrt())
print(getcontext().prec, sum(map(Decimal, ["0.1"] * 3)), Decimal("NaN"), -Decimal("Infinity"))
print(repr(Decimal("3.14")), f"{Decimal('1234.5'):,.2f}", int(Decimal("7.9")))
Decimal("abc")
