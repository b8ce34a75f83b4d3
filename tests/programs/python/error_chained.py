class ConfigError(Exception):
    """A configuration is bad."""


def load(text):
    try:
        return int(text)
    except ValueError as e:
        raise ConfigError(f"bad value: {text!r}") from e


try:
    load("x")
except ConfigError as e:
    print(repr(e), repr(e.__cause__))
    try:
        raise TypeError("second")
    except TypeError as t:
        print(repr(t.__context__))
load("12a")
