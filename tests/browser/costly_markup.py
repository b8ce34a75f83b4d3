"""Values of a program that are costly to draw, by MIME type: the worst that fits the limits."""

from __future__ import annotations

import base64
import json
import struct
import zlib

#: Characters of one displayed value, and values of one event, at most.
VALUE = 196_608
PIECES = 256
XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def filled(piece: str, before: str = "", after: str = "", most: int = VALUE) -> str:
    """As many pieces as fit between `before` and `after`."""
    return before + piece * ((most - len(before) - len(after)) // len(piece)) + after


def svg(body: str, more: str = "") -> str:
    """A picture with this content."""
    return f'<svg {XMLNS} {XLINK} width="400" height="300" {more}>{body}</svg>'


def used(depth: int, fan: int = 10, leaf: str = '<rect id="u0" width="9" height="9"/>') -> str:
    """Elements that are drawn `fan` to the power of `depth` times."""
    levels = [
        f'<g id="u{at + 1}">' + f'<use href="#u{at}" x="{at + 1}"/>' * fan + "</g>"
        for at in range(depth)
    ]
    return f'<defs>{leaf}{"".join(levels)}</defs><use href="#u{depth}"/>'


def nested_fan(kind: str, depth: int, fan: int = 10) -> str:
    """Patterns, masks or clips in one another: each is drawn for each of its users."""
    attribute = {"pattern": "fill", "mask": "mask", "clipPath": "clip-path"}[kind]
    more = 'width="9" height="9" patternUnits="userSpaceOnUse"' if kind == "pattern" else ""
    made = [f'<{kind} id="p0" {more}><rect width="5" height="5" fill="#fff"/></{kind}>']
    for at in range(depth):
        inner = "".join(
            f'<rect width="8" height="8" x="{x}" {attribute}="url(#p{at})"/>' for x in range(fan)
        )
        made.append(f'<{kind} id="p{at + 1}" {more}>{inner}</{kind}>')
    return f'{"".join(made)}<rect width="400" height="300" {attribute}="url(#p{depth})"/>'


def png(width: int, height: int) -> str:
    """A picture of one colour in base64: few bytes, many pixels."""

    def part(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    row = b"\0" + bytes((width + 7) // 8)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = part(b"IHDR", header) + part(b"IDAT", rows) + part(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + data).decode()


def table(columns: int, rows: int, cell: object = None) -> str:
    """A table, whose rows are empty unless there is a cell to fill them with."""
    row = [] if cell is None else [cell] * columns
    names = [f"{at}" for at in range(columns)]
    return json.dumps(
        {"columns": names, "rows": [row] * rows, "total": rows}, separators=(",", ":")
    )


def nested_data_picture(depth: int) -> str:
    """Pictures that have pictures as data, in one another."""
    picture = svg('<rect width="9" height="9"/>')
    for _ in range(depth):
        data = base64.b64encode(picture.encode()).decode()
        if len(data) * 3 > VALUE:
            break
        uses = f'<image id="i" href="data:image/svg+xml;base64,{data}" width="9" height="9"/>'
        picture = svg(uses + '<use href="#i"/>' * 50)
    return picture


FILTER = (
    '<filter id="f">'
    + '<feGaussianBlur stdDeviation="40"/><feMorphology operator="dilate" radius="30"/>' * 4
    + '<feTurbulence numOctaves="9" baseFrequency=".9"/><feConvolveMatrix order="9" kernelMatrix="'
    + "1 " * 81
    + '"/></filter>'
)

SVG: dict[str, str] = {
    "use x10, depth 6": svg(used(6)),
    "use x10, depth 7": svg(used(7)),
    "use x2, depth 24": svg(used(24, 2)),
    "a use of text": svg(used(5, 10, '<text id="u0" y="9">mmmmmmmmmm</text>')),
    "patterns in patterns": svg(nested_fan("pattern", 6)),
    "masks in masks": svg(nested_fan("mask", 6)),
    "clips in clips": svg(nested_fan("clipPath", 6)),
    "markers": svg(
        '<marker id="m" overflow="visible"><path d="M0 0'
        + "l9 9l-9 0" * 1000
        + '" stroke="red"/></marker><path marker-mid="url(#m)" d="M0 0'
        + "h1v1" * 10_000
        + '" stroke="red"/>'
    ),
    "filters": svg(FILTER + '<rect filter="url(#f)" width="400" height="300"/>' * 300),
    "tiny dashes": svg(
        '<path stroke="red" stroke-dasharray=".001" d="M0 0' + "L400 300L0 9" * 9000 + '"/>'
    ),
    "a long path": svg(
        f'<path stroke="red" fill="none" d="{filled("l9 9l-9 9", "M0 0", "", 190_000)}"/>'
    ),
    "huge": svg('<rect width="100%" height="100%"/>', 'viewBox="0 0 1 1"').replace(
        'width="400" height="300"', 'width="100000" height="100000"', 1
    ),
    "pictures in pictures": nested_data_picture(9),
    "deep groups": svg("<g>" * 20_000),
    "deep groups with opacity": svg('<g opacity=".9">' * 5000 + '<rect width="9" height="9"/>'),
    "many elements": svg(filled("<path/>", most=190_000)),
    "many words": svg(filled("<text>a</text>", most=190_000)),
    "animations": svg(
        filled(
            '<rect width="99" height="99"><animate attributeName="x" from="0" to="99" dur=".1s"'
            ' repeatCount="indefinite"/></rect>',
            most=190_000,
        )
    ),
    "a style for each": svg(
        "<style>" + "g g g g g:nth-child(2n+1)~g *{fill:red}" * 1000 + "</style>" + "<g/>" * 20_000
    ),
    "light and shadow": svg(
        '<filter id="f"><feDiffuseLighting surfaceScale="9"><fePointLight x="9" y="9" z="9"/>'
        "</feDiffuseLighting></filter>" + '<rect filter="url(#f)" width="400" height="300"/>' * 1000
    ),
    "entities": '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(6))
    + f"]><svg {XMLNS}><text>&g;</text></svg>",
}


def styled(style: str, body: str) -> str:
    """HTML with a style sheet."""
    return f"<style>{style}</style>{body}"


HTML: dict[str, str] = {
    "newlines": "\n" * 129_000,
    "newlines before an end": "<pre" + "\n" * 129_000,
    "height, height": "height=" * 18_000,
    "spaces after height": "height" + " " * 150_000,
    "use x10, depth 6": svg(used(6)),
    "use x10, depth 7": svg(used(7)),
    "masks in masks": svg(nested_fan("mask", 6)),
    "patterns in patterns": svg(nested_fan("pattern", 6)),
    "filters": svg(FILTER + '<rect filter="url(#f)" width="400" height="300"/>' * 300),
    "deep": "<div>" * 39_000,
    "deep, bold": "<b>" * 60_000,
    "deep tables": "<table><tr><td>" * 12_000,
    "deep flex": '<div style="display:flex">' * 600 + "x",
    "deep grid": '<div style="display:grid;grid-template-columns:auto auto">' * 600 + "x",
    "deep inline-block": '<span style="display:inline-block">' * 2000 + "x",
    "deep columns": '<div style="columns:3">' * 60 + "x " * 9000,
    "misnested formats": "<a><b><i><u><p>" * 6000,
    "fonts in tables": "<table><b><a><tr>" * 4000,
    "many elements": filled("<p>x"),
    "many empty elements": filled("<b>"),
    "many cells": filled("<td>", "<table><tr>"),
    "colspan": "<table>" + '<tr><td colspan="1000" rowspan="65534">x' * 3000,
    "rowspan": "<table>" + "<tr>" + '<td rowspan="65534">' * 1000 + "<tr><td>x" * 9000,
    "columns of a table": "<table>" + '<col span="1000">' * 9000 + "<tr><td>x",
    "grid of a million tracks": styled(
        "div{display:grid;grid-template:repeat(1000,1px)/repeat(1000,1px);grid-gap:1px}",
        "<div>" + '<i style="grid-area:1/1/1000/1000">x</i>' * 2000 + "</div>",
    ),
    "grid auto-fill": styled(
        "div{display:grid;grid-template-columns:repeat(auto-fill,minmax(min-content,1px))}",
        "<div>" + "<i>x</i>" * 20_000 + "</div>",
    ),
    "has": styled(
        "".join(f"div:has(p:nth-child({at}n)~b)~i{{color:red}}" for at in range(1, 300)),
        "<div><p><b><i>" * 9000,
    ),
    "selectors": styled("* * * * * * * *~*~*~* i{color:red}", "<b><i></i><u></u>" * 9000),
    "counters": styled("i{counter-increment:a}i::before{content:counters(a,'.')}", "<i>" * 5000),
    "shadows": styled(f"i{{box-shadow:{','.join(['0 0 99px red'] * 400)}}}", "<i>x</i><br>" * 9000),
    "text shadows": styled(
        f"p{{text-shadow:{','.join(['0 0 99px red'] * 400)}}}", "<p>" + "word " * 9000
    ),
    "gradients": styled(
        "i{position:absolute;inset:0;background:"
        + ",".join(["conic-gradient(red,#00f3)"] * 300)
        + "}",
        "<i></i>" * 300,
    ),
    "blurs": styled(
        "i{position:absolute;inset:0;backdrop-filter:blur(99px);filter:blur(50px)}",
        "<i>" * 400,
    ),
    "blend modes": styled(
        "i{position:absolute;inset:0;mix-blend-mode:difference;opacity:.9;background:#3334}",
        "<i>" * 900,
    ),
    "3d": styled(
        "i{position:absolute;inset:0;transform:rotate3d(1,1,1,9deg);transform-style:preserve-3d;"
        "background:#3334;will-change:transform}",
        "<i>" * 3000,
    ),
    "animations": styled(
        "@keyframes a{to{width:0;height:99px;filter:blur(9px)}}"
        "i{display:inline-block;width:99px;animation:a 1s infinite alternate}",
        "<i>x</i>" * 15_000,
    ),
    "animated root size": styled(
        "@keyframes a{to{font-size:30px}}:root{animation:a 1s infinite alternate}i{font-size:1rem}",
        "<i>x y </i>" * 15_000,
    ),
    "variables": styled(
        ":root{--a0:x;"
        + "".join(f"--a{at + 1}:var(--a{at}) var(--a{at});" for at in range(30))
        + "}",
        "<i style='content:var(--a30)'>x",
    ),
    "floats": '<i style="float:left;width:1px;height:99px">x</i>' * 3900,
    "floats of many sizes": "".join(
        f'<i style="float:{("left", "right")[at % 2]};width:{at % 97}px;height:{at % 89}px">x</i>'
        for at in range(3000)
    ),
    "selects": "<select>" + "<option>x" * 21_000,
    "many selects": "<select><option>x</select>" * 7500,
    "inputs": "<input>" * 28_000,
    "inputs of kinds": "<input type=range><input type=color><input type=date><meter>" * 3300,
    "textareas": "<textarea>x</textarea>" * 8900,
    "details": "<details open><summary>x" * 8000,
    "nested details": "<details open>" * 14_000,
    "fieldsets": "<fieldset><legend>x" * 9000,
    "lists": "<ol>" * 3000 + "<li>x" * 20_000,
    "list numbers": '<li value="2147483647" style="list-style:ethiopic-numeric">' * 3500,
    "ruby": "<ruby>" * 400 + "a<rt>b" * 20_000,
    "mathml": "<math>" + "<mfrac><mi>x</mi>" * 9000,
    "mathml roots": "<math>" + "<msqrt>" * 20_000 + "<mi>x",
    "mathml scripts": "<math>" + "<msubsup><mi>x</mi><mi>y</mi>" * 5000,
    "mathml fences": "<math>" + "<mrow><mo>(</mo><mtable><mtr><mtd>" * 5000,
    "pictures": f'<img src="data:image/png;base64,{png(6000, 6000)}">' * 5,
    "svg pictures": '<img src="data:image/svg+xml,'
    + "%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Crect/%3E%3C/svg%3E"
    + '">' * 1,
    "many svg pictures": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>\">"
    * 2500,
    "a hostile svg picture": '<img src="data:image/svg+xml;base64,'
    + base64.b64encode(svg(used(7)).encode()).decode()
    + '">',
    "a svg background": styled(
        'p{background:url("data:image/svg+xml;base64,'
        + base64.b64encode(svg(used(6)).encode()).decode()
        + '");height:99px}',
        "<p>" * 99,
    ),
    "a long word": "m" * 190_000,
    "bidi": "אa" * 60_000,
    "bidi embeddings": "<bdo dir=rtl>" + "\u202bא\u202aa" * 20_000,
    "combining marks": "a" + "\u0301" * 90_000,
    "justified and hyphenated": '<p style="text-align:justify;hyphens:auto;text-wrap:balance">'
    + "extraordinary " * 13_000,
    "text-wrap pretty": '<p style="text-wrap:pretty;width:9px">' + "a " * 90_000,
    "first letters": styled("::first-letter,::first-line{font-size:9em}", "<p>xy" * 30_000),
    "clip paths": styled(
        f"i{{position:absolute;inset:0;clip-path:polygon({'0 0,9px 9px,' * 900}0 0)}}",
        "<i></i>" * 900,
    ),
    "container queries": styled(
        "div{container-type:inline-size}@container (width>1px){div{padding:0}}", "<div>" * 900
    ),
    "subgrids": '<div style="display:grid;grid:subgrid/subgrid">' * 900,
    "anchors and sticky": '<p style="position:sticky;top:0">x' * 5000,
    "marquee": "<marquee><marquee>x" * 5000,
    "attributes": "<p " + " ".join(f"a{at}" for at in range(27_000)) + ">x",
    "comments": "<!--x" * 30_000,
    "base64 font": styled(
        "@font-face{font-family:a;src:url(data:font/woff2;base64,AAAA)}" * 2000, "x"
    ),
}

LATEX: dict[str, str] = {
    "a macro of 4000, x900": "\\def\\a{" + "x" * 4000 + "}" + "\\a " * 900,
    "macros that double": "".join(
        f"\\def\\{chr(98 + at)}{{\\{chr(97 + at)}\\{chr(97 + at)}}}" for at in range(9)
    ).replace("\\def\\b", "\\def\\a{xx}\\def\\b", 1)
    + "\\j" * 1000,
    "fractions": "\\frac1{" * 1100 + "x" + "}" * 1100,
    "roots": "\\sqrt{" * 1100 + "x" + "}" * 1100,
    "left and right": "\\left(" * 600 + "x" + "\\right)" * 600,
    "scripts": "x^{" * 2000 + "x" + "}" * 2000,
    "an array": "\\begin{array}{" + "c" * 1000 + "}" + "x&" * 3000 + "\\end{array}",
    "many letters": "x" * 8000,
    "huge spaces": "\\rule{99999em}{99999em}\\kern{99999em}" * 180,
}

MARKDOWN: dict[str, str] = {
    "a list and lines": "- a\n" + "a\n" * 4000,
    "brackets": "[" * 190,
    "html in it": "<b>" * 2700,
    "quotes": "> " * 23 + "a\n",
    "a table": "|a" * 90 + "\n" + "|-" * 90 + "\n" + "|a" * 3900,
    "code spans": "`a``" * 2000,
    "entities": "&amp;" * 1600,
    "backslashes": "\\" * 8000,
    "links": "[a]: b\n" * 1100,
    "numbers": "1. a\n" * 1600,
    "underlines": "a\n=\n" * 2000,
    "long lines of spaces": "a" + " " * 8000 + "b",
    "autolinks": "http://a." * 900,
    "mails": "a@" * 4000,
}

TABLES: dict[str, list[str]] = {
    "100 columns, 500 empty rows": [table(100, 500)],
    "100 columns, 500 empty rows, x4": [table(100, 500)] * 4,
    "100 columns, 500 empty rows, x40": [table(100, 500)] * 40,
    "one column, 500 rows, x100": [table(1, 500)] * 100,
    "long cells": [table(3, 20, "m" * 3000)],
    "bidi cells": [table(3, 10, "אa" * 1500)],
    "a wide name": [
        json.dumps({"columns": ["אa" * 40_000], "rows": [], "total": 0}, ensure_ascii=False)
    ],
    "small ones, x256": [table(30, 10)] * PIECES,
    "deep JSON": ["[" * 190_000],
    "many rows": [table(1, 60_000)],
}

PICTURES: dict[str, list[str]] = {
    "30,000 x 30,000": [png(30_000, 30_000)],
    "16,000 x 16,000": [png(16_000, 16_000)],
    "4000 x 4000, x40": [png(4000, 4000)] * 40,
    "1 x 60,000": [png(1, 60_000)],
    "not a picture": ["A" * 190_000],
    "spaces": [" " * 190_000],
}
