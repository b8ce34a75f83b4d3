/**
 * Gives the own text of a document that is not stored yet another client id, because the one that it
 * was written under turned out to be somebody else's. Format: Yjs updates, version 1.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';

type Struct = Y.Item | Y.GC | Y.Skip;
type Deletions = Map<number, { clock: number; len: number }[]>;

/** Own edits that are not known to be stored, as one update, and the client ids in it that are ours. */
interface OwnEdits {
  readonly edits: Uint8Array;
  readonly clients: ReadonlySet<number>;
}

/**
 * The whole of `doc`, and our own edits alone, with our text under the client id `from` under `to`
 * instead. Text of the other participant under `from` is left out: it has to come from the server.
 *
 * No other participant ever got our text under `from`, and the server has none of it: its state vector
 * is `stored`. So text and deletions of others beside `from` belong to the stranger's text, and only
 * our own other edits refer to ours.
 */
export function renameClient(
  doc: Y.Doc,
  own: OwnEdits,
  stored: ReadonlyMap<number, number>,
  from: number,
  to: number
): { whole: Uint8Array; own: Uint8Array } {
  const all = Y.decodeUpdate(Y.encodeStateAsUpdate(doc));
  const ours = Y.decodeUpdate(own.edits);
  const text = ours.structs.filter(({ id }) => id.client === from);
  const last = text.at(-1);
  const end = last ? last.id.clock + last.length : 0;
  const renamed = (id: Y.ID): Y.ID =>
    id.client === from && id.clock < end ? Y.createID(to, id.clock) : id;
  const rest = all.structs.filter(({ id }) => id.client !== from);
  for (const struct of [...rest, ...ours.structs]) {
    const { client, clock } = struct.id;
    const known = client === from ? 0 : (stored.get(client) ?? 0);
    if (!own.clients.has(client) || clock < known) continue;
    struct.id = renamed(struct.id);
    if (!(struct instanceof Y.Item)) continue;
    struct.origin = struct.origin && renamed(struct.origin);
    struct.rightOrigin = struct.rightOrigin && renamed(struct.rightOrigin);
  }
  const deleted = ours.ds.clients.get(from) ?? [];
  const deletions = [
    [to, deleted.filter(({ clock }) => clock < end)],
    [from, deleted.filter(({ clock }) => clock >= end)]
  ] as const;
  return {
    whole: encode([...rest, ...text], new Map([...all.ds.clients, ...deletions])),
    own: encode(ours.structs, new Map([...ours.ds.clients, ...deletions]))
  };
}

/** An update of `structs`, which are in order for each client, and of deleted ranges. */
function encode(structs: readonly Struct[], deletions: Deletions): Uint8Array {
  const clients = new Map<number, Struct[]>();
  for (const struct of structs) {
    const own = clients.get(struct.id.client);
    if (own) own.push(struct);
    else clients.set(struct.id.client, [struct]);
  }
  const encoder = new Y.UpdateEncoderV1();
  const { restEncoder } = encoder;
  encoding.writeVarUint(restEncoder, clients.size);
  for (const [client, own] of clients) {
    encoding.writeVarUint(restEncoder, own.length);
    encoder.writeClient(client);
    encoding.writeVarUint(restEncoder, own[0]?.id.clock ?? 0);
    for (const struct of own) struct.write(encoder, 0);
  }
  const ranges = [...deletions].filter(([, each]) => each.length > 0);
  encoding.writeVarUint(restEncoder, ranges.length);
  for (const [client, each] of ranges) {
    encoding.writeVarUint(restEncoder, client);
    encoding.writeVarUint(restEncoder, each.length);
    for (const { clock, len } of each) {
      encoding.writeVarUint(restEncoder, clock);
      encoding.writeVarUint(restEncoder, len);
    }
  }
  return encoder.toUint8Array();
}
