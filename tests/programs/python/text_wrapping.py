import string
import textwrap

text = "The quick brown fox jumps over the lazy dog. " * 3
print(textwrap.fill(text, 30))
print(textwrap.dedent("""
    indented
      more
"""))
print(string.ascii_lowercase, string.capwords("a bc"), string.Template("$x!").substitute(x=1))
print("a-b_c d".translate(str.maketrans("-_", "  ")), "x=1&y=2".partition("&"), "a,b,,c".split(","))
print("  s ".strip() + "|", "xxabxx".strip("x"), "abc".startswith(("x", "a")), "abcabc".rfind("b"))
print("Hello".swapcase(), "hello world".title(), "they're".capitalize(), "a1".isalnum(), "".isalpha())
print("pre-fix".removeprefix("pre-"), "l1\nl2\r\nl3".splitlines(), "a b  c".split(), "a b".split(" "))
"abc".index("z")
