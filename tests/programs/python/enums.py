from enum import Enum, Flag, IntEnum, auto


class Color(Enum):
    RED = 1
    GREEN = "g"

    @property
    def pretty(self):
        return self.name.title()


class Level(IntEnum):
    LOW = auto()
    HIGH = auto()


class Perm(Flag):
    R = auto()
    W = auto()


print(Color.RED, repr(Color.GREEN), Color("g"), Color["RED"], Color.RED.pretty, list(Color))
print(Level.HIGH > Level.LOW, Level.HIGH + 1, sorted([Level.HIGH, Level.LOW]), Level.LOW == 1)
print(Perm.R | Perm.W, Perm.R in (Perm.R | Perm.W), Color.RED is Color(1), {Color.RED: 1})
Color("blue")
