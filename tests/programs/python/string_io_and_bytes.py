import io
import struct

buf = io.StringIO("line1\nline2\n")
print(buf.readline(), buf.read(), buf.seek(0), list(buf))
raw = io.BytesIO()
raw.write(struct.pack(">IhB", 1, -2, 255))
print(raw.getvalue(), struct.unpack(">IhB", raw.getvalue()), raw.getvalue().hex(" "))
ba = bytearray(b"hello")
ba[0] = 72
ba.extend(b"!!")
print(ba, ba.decode(), memoryview(ba)[1:3].tobytes(), bytes([1, 2]) + b"\n", b"a,b".split(b","))
print("é".encode(), "é".encode("latin-1"), b"\xe9".decode("latin-1"), "é".encode("ascii", "replace"))
print(b"abc"[0], b"abc"[:1], bytes("x", "utf8"), int.from_bytes(b"\xff\xfe", signed=True, byteorder="big"))
print("x".encode("ascii").isalpha(), b"abc".upper(), bytes.fromhex("00ff"))
"é".encode("ascii")
