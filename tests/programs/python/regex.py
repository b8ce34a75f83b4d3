import re

text = "2024-01-31 ERROR db: timeout after 30s; 2024-02-01 INFO ok"
for m in re.finditer(r"(?P<date>\d{4}-\d\d-\d\d) (?P<level>[A-Z]+)", text):
    print(m.group("date"), m["level"], m.span(), m.groupdict())
print(re.sub(r"(\d+)s", lambda m: str(int(m[1]) * 1000) + "ms", text))
print(re.split(r"[;,]\s*", "a; b,c"), re.findall(r"(\w)(\d)", "a1 b2"))
print(re.match(r"\d+", "12abc"), re.fullmatch(r"\d+", "12abc"))
print(re.compile(r"^\s*#", re.M | re.I))
print(re.search(r"(?<=\$)\d+(?:\.\d\d)?", "cost: $12.50").group())
print(re.sub(r"\b(\w+) \1\b", r"\1", "the the cat"), re.escape("a.b*c"))
print(re.findall(r"\w+", "Ünïcode wörks 日本"))
re.match("a", None)
