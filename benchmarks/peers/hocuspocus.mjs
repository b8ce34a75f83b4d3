/** `node hocuspocus.mjs <port>`: Hocuspocus with its defaults, except that texts outlive a moment
 * without connections: it has no database here. */
import { Server } from '@hocuspocus/server';

const server = new Server({
  port: Number(process.argv[2]),
  address: '127.0.0.1',
  quiet: true,
  stopOnSignals: false,
  unloadImmediately: false
});
await server.listen();
