import queue
import threading

lock = threading.Lock()
results = []


def work(n):
    with lock:
        results.append(n * n)


threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(results))
