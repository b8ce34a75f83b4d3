from dataclasses import dataclass


@dataclass
class Point:
    x: int
    y: int


def describe(v):
    match v:
        case 0 | 1:
            return "bit"
        case int(n) if n < 0:
            return f"negative {n}"
        case str():
            return "text"
        case [x]:
            return f"one {x}"
        case [first, *rest]:
            return f"{first} then {rest}"
        case {"kind": "circle", "r": r, **more}:
            return f"circle {r} {more}"
        case Point(x=0, y=y):
            return f"on axis at {y}"
        case Point(x, y):
            return f"point {x},{y}" if False else "point"
        case None:
            return "nothing"
        case _:
            return "other"


class PlainPoint:
    __match_args__ = ("x", "y")


for v in [1, -5, "s", [7], (1, 2, 3), {"kind": "circle", "r": 2, "z": 1}, Point(0, 3), Point(1, 2), None, 2.5]:
    print(describe(v))
