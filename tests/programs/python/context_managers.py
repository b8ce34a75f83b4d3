import contextlib
import io


@contextlib.contextmanager
def tag(name):
    print(f"<{name}>")
    try:
        yield name.upper()
    finally:
        print(f"</{name}>")


class Suppress:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        print("suppressing", kind.__name__, value)
        return kind is ZeroDivisionError


with tag("p") as upper, tag("b"):
    print(upper)
with Suppress():
    1 / 0
with contextlib.redirect_stdout(io.StringIO()) as out:
    print("captured")
print(repr(out.getvalue()))
with contextlib.suppress(KeyError):
    {}["x"]
with contextlib.ExitStack() as stack:
    for n in "ab":
        stack.enter_context(tag(n))
with open("notes.txt", "w") as f:
    f.write("one\ntwo\n")
with open("notes.txt") as f:
    print([line.strip() for line in f])
open("missing.txt")
