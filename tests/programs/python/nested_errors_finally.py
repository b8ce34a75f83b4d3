def risky(step):
    try:
        if step == 1:
            raise ValueError("one")
        if step == 2:
            return "returned"
    except ValueError as e:
        print("handling", e)
        raise KeyError("while handling") from None
    else:
        print("else branch")
    finally:
        print("finally", step)
    return "end"


print(risky(0))
print(risky(2))
try:
    risky(1)
except (KeyError, IndexError) as e:
    print(type(e).__name__, e, e.args, e.__suppress_context__)


def swallow():
    for i in range(3):
        try:
            continue
        finally:
            print("f", i)


swallow()


class Temp(Exception):
    def __str__(self):
        return f"custom {self.args}"


e = Temp(1, "b")
e.add_note("a note")
print(str(e), e.__notes__)
raise Temp("final", 2)
