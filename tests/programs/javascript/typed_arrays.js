console.log(new Uint8Array([1, 2, 300]), new Float64Array(3), new ArrayBuffer(4), new DataView(new ArrayBuffer(2)));
console.log(Buffer.from('hé').toString('hex'), Buffer.from('aGk=', 'base64').toString(), Buffer.from([1, 2]));
console.log(new Uint8ClampedArray([300, -5]), new BigInt64Array(2), Uint16Array.from([1, 2]).map(x => x * 2));
console.log(structuredClone({ a: new Map([[1, new Date(0)]]) }), new Uint8Array(200).length);
