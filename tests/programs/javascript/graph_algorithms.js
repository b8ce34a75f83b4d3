const graph = { A: { B: 7, C: 3 }, B: { D: 2 }, C: { B: 1, D: 8 }, D: {} };
function dijkstra(start) {
  const dist = Object.fromEntries(Object.keys(graph).map(k => [k, Infinity]));
  dist[start] = 0;
  const queue = [[0, start]];
  while (queue.length) {
    queue.sort((a, b) => a[0] - b[0]);
    const [d, node] = queue.shift();
    for (const [next, w] of Object.entries(graph[node])) {
      if (d + w < dist[next]) queue.push([(dist[next] = d + w), next]);
    }
  }
  return dist;
}
console.log(dijkstra('A'), dijkstra('D'));
const grid = ['110', '010', '001'].map(r => r.split(''));
console.log(grid, grid.map(r => r.join(' ')).join('\n'));
const perms = a => (a.length < 2 ? [a] : a.flatMap((x, i) => perms(a.toSpliced(i, 1)).map(p => [x, ...p])));
console.log(perms([1, 2, 3]), perms([...'abcd']).length);
