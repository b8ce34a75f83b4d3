interface User { id: number; name: string }
const db: Record<number, User> = { 1: { id: 1, name: 'Ana' } };
async function find(id: number): Promise<User> {
  await new Promise<void>(resolve => setTimeout(resolve, 2));
  const user = db[id];
  if (!user) throw new Error(`no user ${id}`);
  return user;
}
const results = await Promise.allSettled([find(1), find(2)]);
for (const r of results) console.log(r.status, r.status === 'fulfilled' ? r.value : (r.reason as Error).message);
export {};
console.log(await find(3));
