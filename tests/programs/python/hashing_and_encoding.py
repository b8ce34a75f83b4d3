import base64
import binascii
import hashlib
import hmac
import secrets
import uuid
import zlib

print(hashlib.md5(b"x").hexdigest(), hashlib.sha256("é".encode()).hexdigest()[:16])
print(base64.b64encode(b"\xff\x00hi"), base64.urlsafe_b64decode("_wA="), binascii.hexlify(b"ab"))
print(zlib.crc32(b"hello"), zlib.decompress(zlib.compress(b"a" * 50)) == b"a" * 50)
print(hmac.new(b"k", b"m", "sha1").hexdigest(), len(secrets.token_hex(8)))
print(uuid.uuid5(uuid.NAMESPACE_DNS, "example.org"), uuid.UUID(int=5))
base64.b64decode("a")
