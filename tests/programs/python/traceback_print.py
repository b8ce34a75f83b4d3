import sys
import traceback


def inner():
    raise ValueError("deep")


try:
    inner()
except ValueError:
    print(traceback.format_exc().strip().splitlines()[-1])
    kind, value, tb = sys.exc_info()
    print(kind.__name__, [f.name for f in traceback.extract_tb(tb)], tb.tb_lineno)
print(traceback.format_exception_only(KeyError("k")))


class Bad:
    def __repr__(self):
        raise RuntimeError("no repr")


print(Bad())
