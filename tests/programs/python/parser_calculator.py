import re
from typing import Iterator

TOKEN = re.compile(r"\s*(?:(\d+\.?\d*)|(.))")


def tokens(text: str) -> Iterator[str]:
    for number, op in TOKEN.findall(text):
        yield number or op


class Parser:
    def __init__(self, text):
        self.toks = [*tokens(text), None]
        self.i = 0

    def peek(self):
        return self.toks[self.i]

    def take(self):
        self.i += 1
        return self.toks[self.i - 1]

    def expr(self):
        value = self.term()
        while self.peek() in ("+", "-"):
            value = value + self.term() if self.take() == "+" else value - self.term()
        return value

    def term(self):
        value = self.factor()
        while self.peek() in ("*", "/"):
            value = value * self.factor() if self.take() == "*" else value / self.factor()
        return value

    def factor(self):
        tok = self.take()
        if tok == "(":
            value = self.expr()
            if self.take() != ")":
                raise SyntaxError("expected )")
            return value
        if tok == "-":
            return -self.factor()
        if tok is None or not tok[0].isdigit():
            raise SyntaxError(f"unexpected {tok!r}")
        return float(tok) if "." in tok else int(tok)


for text in ["1 + 2 * 3", "(1+2)*3 - -4", "10 / 4", "2 * (3.5 + 1)"]:
    print(text, "=", Parser(text).expr())
print(Parser("2 * (3 +").expr())
