const values = [1, 2, 3];
values.map(x => x * 2);
