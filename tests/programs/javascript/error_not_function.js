const o = { list: [1] };
console.log(o.list.map(x => x * 2));
o.list.mapp(x => x);
