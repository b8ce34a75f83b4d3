interface A { x: number
const y: = 5;
