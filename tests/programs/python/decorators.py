import functools
import time


def timed(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            return fn(*args, **kwargs)
        finally:
            assert time.perf_counter() >= start
            print(f"{fn.__name__} ran")

    return wrapper


def retry(times):
    def deco(fn):
        @functools.wraps(fn)
        def wrapper(*a, **k):
            for attempt in range(1, times + 1):
                try:
                    return fn(*a, **k)
                except ValueError as e:
                    print("attempt", attempt, "failed:", e)
            raise RuntimeError(f"gave up after {times}") from None

        return wrapper

    return deco


@timed
def add(a, b=2):
    """Add."""
    return a + b


@retry(2)
def always():
    raise ValueError("no")


print(add(1), add(1, b=5), add.__doc__, add.__name__)
always()
