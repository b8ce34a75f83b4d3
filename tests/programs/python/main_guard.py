"""A module with a docstring."""

import argparse
import os
import sys


def main(argv=None):
    parser = argparse.ArgumentParser(prog="tool")
    parser.add_argument("--n", type=int, default=3)
    args = parser.parse_args(argv)
    print(args, __name__, __doc__)
    print(len(sys.argv), os.path.join("a", "b"), os.sep, os.linesep == "\n")
    return 0


if __name__ == "__main__":
    main([])
    print(sys.argv[1:], globals()["__name__"], "__file__" in globals())
