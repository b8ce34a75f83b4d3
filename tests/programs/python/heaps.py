import heapq
from heapq import merge, nlargest, nsmallest

h = [5, 1, 8, 3, 9, 2]
heapq.heapify(h)
print(h, heapq.heappushpop(h, 0), heapq.heapreplace(h, 7), h)
print(nlargest(2, h), nsmallest(2, ["pear", "fig", "apple"], key=len))
print(list(merge([1, 4, 7], [2, 5, 8], [0])))
heap = []
for item in [(2, "code"), (1, "eat"), (2, "bike")]:
    heapq.heappush(heap, item)
print([heapq.heappop(heap) for _ in range(3)])
try:
    heapq.heappush(heap, (1, {}))
    heapq.heappush(heap, (1, {}))
except TypeError as error:
    print(error)
