const bytes = crypto.getRandomValues(new Uint8Array(8));
console.log(bytes.length);
console.log(crypto.randomUUID().length);
