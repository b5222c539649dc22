import { sweepActions } from '../spans/action-book.ts';
import { type ClientSpan, parseClientSpan } from '../spool/client-span.ts';
import { openSpool, type Spool, type SpoolBounds } from '../spool/open-spool.ts';

/** `sent`: acknowledged. `refused`: the server will never take these. `later`: it may, another time. */
export type Sent = 'sent' | 'refused' | 'later';
export type SendSpans = (spans: readonly ClientSpan[]) => Promise<Sent>;

/** Of the spool's texts: when the server last acknowledged something. */
export const LAST_SENT = 'last sent';

const MOST_SPANS = 256;
const MOST_BYTES = 2 * 1024 * 1024;

interface Queued {
  readonly id: number;
  readonly bytes: number;
  readonly span: ClientSpan | undefined;
}

/**
 * Sends what lies in a user's spool, the oldest first, and deletes what was acknowledged and nothing else. When this process dies in
 * between, spans go out twice; their ids are the same, so that the server keeps them once. Answers whether the spool is empty.
 */
export async function forwardSpool(
  folder: string,
  bounds: SpoolBounds,
  send: SendSpans,
  stopping: AbortSignal,
): Promise<boolean> {
  const spool = openSpool(folder, bounds);
  try {
    spool.inTransaction(() => sweepActions(spool, Date.now()));
    while (!stopping.aborted) {
      const batch = nextBatch(spool);
      if (batch.length === 0) return true;
      const unreadable = batch.filter(({ span }) => span === undefined);
      remove(spool, unreadable, 'unreadable');
      if (
        !(await deliver(
          spool,
          batch.filter(({ span }) => span !== undefined),
          send,
        ))
      )
        return false;
    }
    return false;
  } finally {
    spool.close();
  }
}

/** Halves a batch that the server refuses, so that the one span it cannot take does not hold up the others. */
async function deliver(spool: Spool, batch: readonly Queued[], send: SendSpans): Promise<boolean> {
  if (batch.length === 0) return true;
  const sent = await send(batch.map(({ span }) => span!));
  if (sent === 'later') return false;
  if (sent === 'sent' || batch.length === 1) {
    remove(spool, batch, sent === 'sent' ? 'sent' : 'refused');
    return true;
  }
  const half = batch.length >> 1;
  return (await deliver(spool, batch.slice(0, half), send)) && deliver(spool, batch.slice(half), send);
}

function nextBatch({ database }: Spool): Queued[] {
  const rows = database.prepare(`SELECT id, bytes, body FROM spans ORDER BY id LIMIT ${MOST_SPANS}`).all() as {
    id: number;
    bytes: number;
    body: string;
  }[];
  const batch: Queued[] = [];
  let total = 0;
  for (const { id, bytes, body } of rows) {
    total += body.length;
    if (total > MOST_BYTES && batch.length > 0) break;
    batch.push({ id, bytes, span: parseClientSpan(body) });
  }
  return batch;
}

function remove(spool: Spool, rows: readonly Queued[], counter: string): void {
  if (rows.length === 0) return;
  const { database } = spool;
  spool.inTransaction(() => {
    const one = database.prepare('DELETE FROM spans WHERE id = ?');
    // a hook may have dropped it meanwhile, to keep within the bounds
    for (const { id, bytes } of rows) if (one.run(id).changes > 0) spool.addTo('bytes', -bytes);
    spool.addTo(counter, rows.length);
    if (counter === 'sent') spool.setText(LAST_SENT, new Date().toISOString());
  });
  database.exec('PRAGMA incremental_vacuum(64)');
}
