interface Config { db?: { host: string } }
const config: Config = JSON.parse('{}');
function host(c: Config): string {
  return c.db!.host;
}
console.log(host(config));
