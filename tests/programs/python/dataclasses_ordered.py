from dataclasses import asdict, astuple, dataclass, field, replace
from datetime import date


@dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
    tags: tuple = field(default=(), compare=False)


@dataclass
class Person:
    name: str
    born: date | None = None
    friends: list["Person"] = field(default_factory=list, repr=False)

    def __post_init__(self):
        if not self.name:
            raise ValueError("a person needs a name")


print(sorted([Version(2), Version(1, 5), Version(1, 0, ("a",))]))
p = Person("Ana", date(1990, 5, 17))
print(p, asdict(p), astuple(p))
print(replace(p, name="Ben") == p, hash(Version(1)) == hash(Version(1)))
try:
    Version(1).major = 2
except Exception as e:
    print(type(e).__name__, e)
Person("")
