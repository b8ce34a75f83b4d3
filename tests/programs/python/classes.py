from abc import ABC, abstractmethod
from functools import total_ordering


class Shape(ABC):
    @abstractmethod
    def area(self): ...

    def __str__(self):
        return f"{self.__class__.__name__} of {self.area():.2f}"


@total_ordering
class Circle(Shape):
    count = 0

    def __init__(self, r):
        self._r = r
        Circle.count += 1

    @property
    def r(self):
        return self._r

    @r.setter
    def r(self, value):
        if value < 0:
            raise ValueError("negative radius")
        self._r = value

    @classmethod
    def unit(cls):
        return cls(1)

    @staticmethod
    def pi():
        return 3.14159

    def area(self):
        return self.pi() * self.r**2

    def __eq__(self, other):
        return self.r == other.r

    def __lt__(self, other):
        return self.r < other.r


c = Circle.unit()
c.r = 2
print(c, c > Circle(1), Circle.count, isinstance(c, Shape), [k.__name__ for k in Circle.__mro__])
try:
    Shape()
except TypeError as e:
    print("TypeError:", str(e).split(" with")[0])
c.r = -1
