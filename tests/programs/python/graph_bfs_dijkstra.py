import heapq
from collections import defaultdict, deque

graph = defaultdict(dict)
for a, b, w in [("A", "B", 7), ("A", "C", 3), ("C", "B", 1), ("B", "D", 2), ("C", "D", 8)]:
    graph[a][b] = w
    graph[b][a] = w


def dijkstra(start):
    dist = {start: 0}
    heap = [(0, start)]
    while heap:
        d, node = heapq.heappop(heap)
        if d > dist[node]:
            continue
        for other, w in graph[node].items():
            if d + w < dist.get(other, float("inf")):
                dist[other] = d + w
                heapq.heappush(heap, (d + w, other))
    return dist


def bfs(start):
    seen, queue, order = {start}, deque([start]), []
    while queue:
        node = queue.popleft()
        order.append(node)
        for other in sorted(graph[node]):
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return order


print(dijkstra("A"))
print(bfs("D"), graph["A"])
print(graph)
