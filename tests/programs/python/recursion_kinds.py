import functools


class Node:
    def __init__(self):
        self.me = self

    def __repr__(self):
        return f"Node({self.me!r})"

    def __eq__(self, other):
        return self.me == other.me

    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __hash__(self):
        return hash(self)


def generator(n):
    yield from generator(n + 1)


def comparing(n):
    return sorted([n, n], key=lambda x: comparing(x + 1))


def mapping(n):
    return list(map(mapping, [n + 1]))


@functools.lru_cache
def cached(n):
    return cached(n + 1)


def formatting(n):
    return f"{formatting(n + 1)}"


kinds = {
    "repr": lambda: repr(Node()),
    "eq": lambda: Node() == Node(),
    "hash": lambda: hash(Node()),
    "generator": lambda: next(generator(0)),
    "comparing": lambda: comparing(0),
    "mapping": lambda: mapping(0),
    "cached": lambda: cached(0),
    "formatting": lambda: formatting(0),
    "getattr": lambda: Node().missing,
}
for name, work in kinds.items():
    try:
        work()
        print(name, "ended")
    except RecursionError:
        print(name, "RecursionError")
