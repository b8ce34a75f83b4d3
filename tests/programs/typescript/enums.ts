enum Color { Red, Green = 5, Blue }
enum Level { Low = 'LOW', High = 'HIGH' }
const enum Flags { A = 1 << 0, B = 1 << 1, AB = A | B }
console.log(Color.Blue, Color[5], Color, Level.High, Level, Flags.AB);
console.log(Object.values(Level), Object.keys(Color).length);
