import socket

s = socket.socket()
s.settimeout(1)
try:
    s.connect(("127.0.0.1", 9))
except OSError as e:
    print("no connection")
