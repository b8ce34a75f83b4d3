const user = { name: 'Ana' };
console.log(user.address?.city, user.address ?? 'none');
console.log(user.address.city);
