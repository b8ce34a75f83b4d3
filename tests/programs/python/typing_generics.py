from typing import Generic, NamedTuple, Optional, Protocol, TypedDict, TypeVar, get_type_hints

T = TypeVar("T")


class Stack(Generic[T]):
    def __init__(self) -> None:
        self.items: list[T] = []

    def push(self, item: T) -> "Stack[T]":
        self.items.append(item)
        return self

    def pop(self) -> T:
        return self.items.pop()


class Emp(NamedTuple):
    name: str
    id: int = 3


class Movie(TypedDict, total=False):
    title: str


class Quacks(Protocol):
    def quack(self) -> str: ...


def f(x: int, y: Optional[str] = None) -> dict[str, int]:
    return {}


print(Stack[int]().push(1).push(2).pop(), Emp("a"), Movie(title="x"), f.__annotations__["x"])
print(get_type_hints(f)["return"], list[int], Stack[int].__origin__.__name__)
Stack().pop()
