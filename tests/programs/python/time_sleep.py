import time

start = time.monotonic()
for i in range(3):
    print(i, end=" ", flush=True)
    time.sleep(0.02)
print()
print(0.05 < time.monotonic() - start < 5, time.strftime("%Y", time.gmtime(0)))
print(time.gmtime(86400)[:6], type(time.time_ns()).__name__)
