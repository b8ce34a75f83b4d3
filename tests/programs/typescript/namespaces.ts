namespace Geometry {
  export interface Point { x: number; y: number }
  export const origin: Point = { x: 0, y: 0 };
  export function dist(a: Point, b: Point = origin): number { return Math.hypot(a.x - b.x, a.y - b.y); }
}
console.log(Geometry.dist({ x: 3, y: 4 }));
