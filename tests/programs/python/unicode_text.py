import unicodedata

s = "naïve café 日本語 👩‍💻 ﬁ"
print(len(s), s.upper(), s.title(), s[::-1] == "".join(reversed(s)))
print(unicodedata.normalize("NFD", "é").encode(), [unicodedata.name(c) for c in "é€"])
print("ß".casefold(), "İ".lower().encode(), "ǅ".swapcase(), "Ⅷ".isnumeric(), "٣".isdigit(), int("٣"))
print(s.encode("utf-8")[:12], "日本".encode("utf-16-le"), b"\xe6\x97\xa5".decode())
print(ascii(s), repr("\u200b\x07\x7f\u00a0\U0001f600\ud800"))
print(sorted(["z", "é", "a", "Z"]), max("añb"), ord("€"), chr(128512))
print("tab\there \"quoted\" 'single' \\ back", r"raw\n", """multi
line""")
print(b"bytes \x00\xff'", bytearray(b"ab"), "caf\N{LATIN SMALL LETTER E WITH ACUTE}")
b"\xff".decode("utf-8")
