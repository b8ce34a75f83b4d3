class Positive:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, obj, owner=None):
        return self if obj is None else getattr(obj, self.name, None)

    def __set__(self, obj, value):
        if value <= 0:
            raise ValueError(f"{self.name[1:]} must be positive, not {value}")
        setattr(obj, self.name, value)


class Item:
    price = Positive()

    def __init__(self, price):
        self.price = price

    def __del__(self):
        print("deleted", vars(self))


class Slotted:
    __slots__ = ("a",)


i = Item(3)
print(i.price, vars(i), hasattr(i, "cost"), getattr(i, "cost", "default"))
del i
s = Slotted()
s.a = 1
print(s.a, hasattr(s, "__dict__"))
print(type("Dynamic", (), {"x": 1})().x, callable(Item), issubclass(bool, int), isinstance(True, int))
Item(-1)
