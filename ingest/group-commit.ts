import { createHash, randomUUID } from 'node:crypto';
import { CodedError, isCoded } from '../engine/core/errors.ts';
import { letGo } from './let-go.ts';

/**
 * Bytes of rows that one insert should hold. The engine takes about twenty times as much memory while it writes them: with 8 MiB it is as
 * fast as with 32 MiB and takes half as much.
 */
export const INSERT_BYTES = 8 * 1024 * 1024;

/**
 * Longest that rows wait for others that are about to come, milliseconds. An insert has a price of its own (measured: 250 spans cost as much
 * as 10 and twice the half of 750), and small parts are merged more often.
 */
const LINGER_MS = 50;

export interface GroupCommitOptions {
  /** Stores rows of one org; resolves when they are durable. The same token again is harmless. */
  readonly insert: (org: string, rows: Uint8Array, token: string) => Promise<void>;
  /** Bytes of rows in one insert, INSERT_BYTES when left out; a larger batch goes alone. */
  readonly mostBytes?: number;
  /** Inserts under way at once, over all orgs. */
  readonly sideBySide?: number;
  /** Whether rows of the org are about to come: those that wait then wait for them, LINGER_MS at the longest. None does when left out. */
  readonly isMoreComing?: (org: string) => boolean;
}

interface Waiting {
  readonly rows: Uint8Array;
  readonly token: string;
  readonly done: (error?: unknown) => void;
}

/** What waits of one org. */
interface Queue {
  readonly batches: Waiting[];
  /** By performance.now(). */
  readonly since: number;
}

/**
 * Many requests share one insert: while one is under way the next ones gather, and what is about to come is waited for a little, so
 * inserts are small when the load is low and large when it is high. Each batch settles only when its own rows are stored.
 */
export function createGroupCommit({
  insert,
  mostBytes = INSERT_BYTES,
  sideBySide = 1,
  isMoreComing = () => false,
}: GroupCommitOptions) {
  // Orgs in the order in which they began to wait: the first is served first, then goes to the end.
  const waiting = new Map<string, Queue>();
  let running = 0;
  let timer: NodeJS.Timeout | undefined;

  /** Milliseconds for which an org's rows still wait for others. */
  function lingers(org: string, { batches, since }: Queue): number {
    if (!isMoreComing(org) || bytesOf(batches) >= mostBytes) return 0;
    return Math.max(0, since + LINGER_MS - performance.now());
  }

  /** The org whose turn it is; undefined when none is ready, and then `pump` is called when the next one is. */
  function nextOrg(): string | undefined {
    let soonest = Number.POSITIVE_INFINITY;
    for (const [org, queue] of waiting) {
      const left = lingers(org, queue);
      if (left === 0) return org;
      soonest = Math.min(soonest, left);
    }
    clearTimeout(timer);
    if (waiting.size > 0) timer = setTimeout(pump, soonest);
    return undefined;
  }

  function pump(): void {
    while (running < sideBySide) {
      const org = nextOrg();
      if (org === undefined) break;
      const { batches } = waiting.get(org)!;
      waiting.delete(org);
      const group = takeGroup(batches, mostBytes);
      if (batches.length > 0) waiting.set(org, { batches, since: performance.now() });
      running += 1;
      void commit(org, group).finally(() => {
        running -= 1;
        pump();
      });
    }
  }

  async function commit(org: string, group: readonly Waiting[]): Promise<void> {
    try {
      const joined = group.length === 1 ? undefined : Buffer.concat(group.map((batch) => batch.rows));
      await insert(org, joined ?? group[0]!.rows, tokenOf(group));
      if (joined) letGo(joined);
      for (const batch of group) batch.done();
    } catch (error) {
      if (group.length > 1 && isCoded(error, 'STORE_REFUSED')) {
        // One batch holds something the store won't take: the others must not suffer for it.
        for (const batch of group) await commit(org, [batch]);
      } else for (const batch of group) batch.done(error);
    }
  }

  return {
    /**
     * Resolves when the rows are stored. Throws what the insert threw. Rows that come again under the same token are stored once, as long as
     * the same batches go with them; a token of its own when left out.
     */
    write(org: string, rows: Uint8Array, token: string = randomUUID()): Promise<void> {
      return new Promise((resolve, reject) => {
        const batch: Waiting = {
          rows,
          token,
          done: (error) => (error === undefined ? resolve() : reject(asCoded(error))),
        };
        const queue = waiting.get(org);
        if (queue) queue.batches.push(batch);
        else waiting.set(org, { batches: [batch], since: performance.now() });
        pump();
      });
    },
  };
}

function tokenOf(group: readonly Waiting[]): string {
  if (group.length === 1) return group[0]!.token;
  return createHash('sha256')
    .update(group.map((batch) => batch.token).join('\n'))
    .digest('base64url');
}

function bytesOf(batches: readonly Waiting[]): number {
  return batches.reduce((sum, { rows }) => sum + rows.length, 0);
}

function takeGroup(batches: Waiting[], mostBytes: number): Waiting[] {
  let bytes = 0;
  let count = 0;
  while (count < batches.length && (count === 0 || bytes + batches[count]!.rows.length <= mostBytes)) {
    bytes += batches[count]!.rows.length;
    count += 1;
  }
  return batches.splice(0, count);
}

function asCoded(error: unknown): CodedError {
  return error instanceof CodedError
    ? error
    : new CodedError('STORE_UNAVAILABLE', 'The rows could not be stored', { cause: error });
}
