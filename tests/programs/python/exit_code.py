import argparse

parser = argparse.ArgumentParser(prog="tool", usage="tool [--n N]")
parser.add_argument("--n", type=int)
print(parser.parse_args(["--n", "3"]).n)
parser.parse_args(["--n", "x"])
