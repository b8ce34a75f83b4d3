"""Random values of each kind, from a grammar; and random changes of a value.

A value is an expression of tokens, sequences, repetitions and nestings. Most that is costly to draw
is a small thing that is repeated or nested often, so that few changes lead far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

#: The counts of a repetition or a nesting.
MOST = 200_000
DEPTH = 4


@dataclass(frozen=True)
class Token:
    """Literal text; in a nesting `end` stands behind the content."""

    text: str
    end: str = ""


@dataclass(frozen=True)
class Many:
    """The parts in order, `count` times: one after another, or one within another."""

    parts: tuple[Expression, ...]
    count: int = 1
    around: Token | None = None


Expression = Token | Many


@dataclass(frozen=True)
class Grammar:
    """The tokens of a kind, what stands before and behind a value, and its most characters."""

    tokens: Sequence[Token]
    most: int
    before: str = ""
    after: str = ""

    def any(self, chance: Random, depth: int = DEPTH) -> Expression:
        """A random expression."""
        token = chance.choice(self.tokens)
        if depth == 0 or chance.random() < 0.3:
            return token
        parts = tuple(self.any(chance, depth - 1) for _ in range(chance.randint(1, 4)))
        around = token if chance.random() < 0.5 else None
        return Many(parts, count(chance), around)

    def changed(self, chance: Random, value: Expression) -> Expression:
        """The expression with a random change."""
        if isinstance(value, Token):
            return self.any(chance, 2) if chance.random() < 0.5 else Many((value,), count(chance))
        if chance.random() < 0.5:
            at = chance.randrange(len(value.parts))
            part = self.changed(chance, value.parts[at])
            return replace(value, parts=(*value.parts[:at], part, *value.parts[at + 1 :]))
        match chance.randrange(6):
            case 0:
                return replace(value, count=min(MOST, value.count * 4))
            case 1:
                return replace(value, count=max(1, value.count // 3))
            case 2:
                return replace(value, parts=(*value.parts, self.any(chance, 2)))
            case 3 if len(value.parts) > 1:
                return replace(value, parts=value.parts[1:])
            case 4:
                return replace(value, around=chance.choice(self.tokens))
            case _:
                return Many((value, self.any(chance, 1)), count(chance))

    def text(self, value: Expression) -> str:
        """The value as text, cut at the limit."""
        room = self.most - len(self.before) - len(self.after)
        written: list[str] = []
        for piece in pieces(value, 0):
            written.append(piece[:room])
            room -= len(piece)
            if room <= 0:
                break
        return self.before + "".join(written) + self.after


def count(chance: Random) -> int:
    """A random number of repetitions: small ones are as likely as large ones."""
    return int(10 ** chance.uniform(0, 4.5))


def pieces(value: Expression, level: int) -> Iterator[str]:
    """The text of an expression in pieces; `#` is the number of the level."""
    if isinstance(value, Token):
        yield value.text.replace("#", str(level))
        return
    if value.around is None:
        if all(isinstance(part, Token) for part in value.parts):
            yield "".join("".join(pieces(part, level + 1)) for part in value.parts) * value.count
            return
        for _ in range(value.count):
            for part in value.parts:
                yield from pieces(part, level + 1)
        return
    for at in range(value.count):
        yield value.around.text.replace("#", str(at))
    for part in value.parts:
        yield from pieces(part, level + 1)
    for _ in range(value.count):
        yield value.around.end


def elements(*names: str) -> list[Token]:
    """Elements, by their names with their attributes."""
    return [Token(f"<{each}>", f"</{each.split()[0]}>") for each in names]


def styles(*declarations: str) -> list[Token]:
    """Elements with a style each."""
    return [Token(f'<i style="{each}">', "</i>") for each in declarations]


def words(*texts: str) -> list[Token]:
    """Texts as they are."""
    return [Token(each) for each in texts]


def pairs(*texts: str) -> list[Token]:
    """Two texts each, with a space between: one before and one behind a content."""
    return [Token(*each.split(" ")) for each in texts]


LETTERS = words(
    *[
        "a",
        " ",
        "\n",
        "m" * 50,
        "word ",
        "א",
        "\u0301",
        "👨‍👩‍👧",
        "\u200d",
        "\t",
        "\u202e",
        "\u2066",
        "क्षि",
    ],
    *[
        "ا",
        "กิ่",
        "\u00ad",
        "\r",
        "ﷺ",
        "🇩",
        "\ufe0f",
        "ᄒ",
        "\x1b[31m",
        "한",
        "\u2028",
        "−",
        "@",
        "http://a.b/",
    ],
)
SVG = [
    *elements("g", "defs", 'g opacity=".9"', 'g id="i#"', 'g transform="rotate(9)"', "text", "a"),
    *elements('g filter="url(#f)"', 'g mask="url(#m)"', 'g clip-path="url(#c)"', "switch", "tspan"),
    *elements('pattern id="p" width="9" height="9"', 'mask id="m"', 'clipPath id="c"', "symbol"),
    *elements('marker id="k" overflow="visible"', "style", 'svg viewBox="0 0 1 1"', "title"),
    *words(
        '<use href="#i1"/>',
        '<use href="#i2"/>',
        '<rect width="99" height="99" fill="url(#p)"/>',
        '<path d="M0 0l99 99l-9 9" stroke="red" stroke-dasharray=".01" marker-mid="url(#k)"/>',
        '<circle r="99" stroke="#0003" stroke-width="9"/>',
        '<filter id="f"><feGaussianBlur stdDeviation="50"/><feTurbulence numOctaves="9"/></filter>',
        "<animate attributeName='x' from='0' to='9' dur='.1s' repeatCount='indefinite'/>",
        '<radialGradient id="p"><stop/></radialGradient>',
    ),
    *LETTERS,
]
HTML = [
    *elements("p", "b", "div", "table", "tr", "td", "td colspan=1000 rowspan=1000", "li", "ol"),
    *elements("select", "option", "details open", "fieldset", "button", "ruby", "rt", "a", "pre"),
    *elements("math", "mfrac", "msqrt", "mrow", "mtable", "mtr", "mtd", "textarea", "style"),
    *words("<input>", "<input type=range>", "<hr>", "<br>", "<meter>", "<progress>", "<img>"),
    *words("* * *{color:red}", "p:has(~*){top:0}", "i::before{content:counter(a)}", "<wbr>"),
    *styles("display:flex", "display:grid", "display:inline-block", "float:left", "columns:9"),
    *styles("position:absolute;inset:0;filter:blur(50px)", "backdrop-filter:blur(50px)"),
    *styles("display:grid;grid:repeat(999,1px)/repeat(999,1px)", "display:inline-flex"),
    *styles("box-shadow:0 0 99px red", "text-shadow:0 0 99px", "opacity:.9", "mix-blend-mode:hue"),
    *styles("transform:rotate(9deg)", "clip-path:circle(9px)", "mask:linear-gradient(#000,#0000)"),
    *styles("container-type:size", "contain:strict", "position:sticky", "text-wrap:balance"),
    *styles("white-space:pre;direction:rtl;unicode-bidi:bidi-override", "writing-mode:vertical-rl"),
    *LETTERS,
    *SVG[:20],
]
LATEX = [
    *pairs("\\frac1{ }", "\\sqrt{ }", "x^{ }", "\\left( \\right)", "{ }", "\\overbrace{ }"),
    *pairs("\\begin{matrix} \\end{matrix}", "\\text{ }", "\\mathbb{ }", "\\color{red}{ }"),
    *pairs("\\def\\a{ }", "\\def\\b{ }", "\\def\\c{ }"),
    *words("\\a ", "\\b ", "\\c ", "x", "&", "\\\\", "\\sum ", "\\int_", "1", "\\rule{9em}{9em}"),
    *words("\\kern9em", "%", "\\ "),
]
MARKDOWN = [
    *pairs("* *", "** **", "[ ](a)", "![ ](a)", "` `", "``` ```", "~~ ~~", "<b> </b>", "[ ]"),
    *words(
        "- ", "> ", "1. ", "# ", "|", "|-", "\n", "\n\n", "a", " ", "\t", "\\", "&amp;", "<", "="
    ),
    *words("http://a.b", "a@b.c", "[a]: b\n", "---\n", "    ", "_", "***", "<!--", "\n- ", "\n> "),
]
CODE = [
    *pairs("( )", "[ ]", "{ }", "`${ }`", "/* */", "< >", "<a> </a>", '" "', "' '", "f'{ }'"),
    *words(
        "a", "\n", " ", "=>", "?", ":", "=", "/", "//", "#", "function ", "class A", "async ", ","
    ),
    *words(
        "def f():\n", "  ", "if a:\n", "lambda:", '"""', "select ", "from ", "case ", "--", ";", "@"
    ),
    *LETTERS,
]
XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
GRAMMARS = {
    "svg": Grammar(SVG, 190_000, f'<svg {XMLNS} width="400" height="300">', "</svg>"),
    "html": Grammar(HTML, 190_000),
    "latex": Grammar(LATEX, 190_000),
    "markdown": Grammar(MARKDOWN, 190_000),
    "question": Grammar(MARKDOWN, 32_768),
    "text": Grammar(LETTERS, 1_000_000),
    "error": Grammar([*LETTERS, *words("main.js:1", ", line 1", ":")], 65_536),
    "editor": Grammar(CODE, 300_000),
}
