/**
 * Two stock y-websocket providers in one room. It reads commands from stdin as JSON, one on a line,
 * and answers each with one line on stdout when its condition is met.
 *
 *   {"url", "session", "protocols"}   arguments, as one JSON text
 *   {"insert": text, "at": index}     the first provider types
 *   {"delete": length, "at": index}   the first provider deletes
 *   {"expect": text}                  both providers have this text
 *   {"presence": name}                the first receives the second's cursor, with this name
 */
import readline from 'node:readline';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';

const { url, session, protocols } = JSON.parse(process.argv[2]);

const providers = protocols.map(each => {
  const provider = new WebsocketProvider(url, session, new Y.Doc(), {
    protocols: each,
    disableBc: true
  });
  provider.on('connection-close', event => {
    // Stop after a rejection: the server would reject again, and a stock provider retries for ever.
    if (event && event.code >= 4400) {
      provider.disconnect();
      say({ closed: event.code });
    }
  });
  return provider;
});
const texts = providers.map(each => each.doc.getText('code'));
const [first, second] = providers;

function say(answer) {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** Resolves once `met()` is true, evaluated at every change of a document or of presence. */
function until(met) {
  return new Promise(resolve => {
    const look = () => {
      if (met()) {
        for (const each of providers) {
          each.doc.off('update', look);
          each.awareness.off('change', look);
        }
        resolve();
      }
    };
    for (const each of providers) {
      each.doc.on('update', look);
      each.awareness.on('change', look);
    }
    look();
  });
}

async function obey(command) {
  if ('insert' in command) {
    texts[0].insert(command.at, command.insert);
  } else if ('delete' in command) {
    texts[0].delete(command.at, command.delete);
  } else if ('expect' in command) {
    await until(() => texts.every(each => each.toString() === command.expect));
  } else if ('presence' in command) {
    // The server ignores a name that a client gives itself.
    second.awareness.setLocalState({ user: { name: 'Mallory' }, cursor: null });
    const shown = () => first.awareness.getStates().get(second.doc.clientID)?.user;
    await until(() => shown()?.name === command.presence);
    return shown();
  }
  return { done: true };
}

readline
  .createInterface({ input: process.stdin })
  .on('line', async line => say(await obey(JSON.parse(line))))
  .on('close', () => process.exit(0));
await Promise.all(
  providers.map(each => each.synced || new Promise(resolve => each.once('sync', resolve)))
);
say({ synced: true });
