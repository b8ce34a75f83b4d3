import threading
from collections import deque


class RateLimiter:
    def __init__(self, limit, window):
        self.limit, self.window = limit, window
        self.hits = {}
        self.lock = threading.RLock()

    def allow(self, user, now):
        with self.lock:
            q = self.hits.setdefault(user, deque())
            while q and q[0] <= now - self.window:
                q.popleft()
            if len(q) < self.limit:
                q.append(now)
                return True
            return False


r = RateLimiter(2, 10)
print([r.allow("a", t) for t in [0, 1, 2, 10, 11, 12]], r.allow("b", 0))
event = threading.Event()
event.set()
print(event.wait(1), threading.current_thread().name, threading.active_count())
