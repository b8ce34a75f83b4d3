x = "global"


class Scope:
    x = "class"
    values = [x for _ in range(1)]

    def method(self):
        return x


def outer():
    x = "outer"

    def inner():
        nonlocal x
        x = "changed"
        return locals()

    inner()
    return x


print(Scope.values, Scope().method(), outer(), x)
print([x for x in range(2)], x)
for i in range(3):
    pass
print(i)
try:
    raise ValueError("v")
except ValueError as err:
    pass
print("err" in globals(), (lambda: (yield))().__class__.__name__)
print(__name__, __builtins__ is not None, type(print).__name__, print.__name__)
del x
print(x)
