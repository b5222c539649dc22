import { randomUUID } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { CodedError } from '../core/errors.ts';
import { clearBrokenParts, type PartsEngine, readPartsAgain } from './read-parts-again.ts';

/** With less free nothing is written: what runs at that moment has room to end, and reading needs none. */
export const LEAST_FREE_BYTES = 256 * 1024 * 1024;
/** Writing goes on when so much more is free, so that it does not stop and go. */
const MORE_FREE_BYTES = 64 * 1024 * 1024;
const LOOK_EVERY_MS = 500;
/** Parts have times of whole seconds, and a look can be late. */
const SLACK_MS = 10_000;

const FULL = `the disk of the database is full: nothing is stored until ${(LEAST_FREE_BYTES + MORE_FREE_BYTES) / 1024 ** 2} MiB are free, then it goes on by itself`;
const FAILED = 'a write to the disk of the database failed: send it again later';

/** Statements that write a file: rows, parts or a table's definition. */
const WRITES = /^(?:\s|--[^\n]*\n)*(?:INSERT|ALTER|CREATE|OPTIMIZE|DELETE|UPDATE|RENAME|EXCHANGE|TRUNCATE)\b/i;

/** Writes that the operating system refused since the process began. */
const FAILED_WRITES = "SELECT value FROM system.events WHERE event = 'WriteBufferFromFileDescriptorWriteFailed'";

export interface DiskGuard {
  /** Runs a statement, or throws DISK_FULL: there is no room for what it would write, or what it wrote did not arrive. */
  run<T>(sql: string, work: () => Promise<T>): Promise<T>;
  /** The token under which rows are inserted: a token that went with a broken part must not make its repetition a duplicate. */
  insertToken(token: string): string;
  /** Why nothing is written at the moment; '' while it is. */
  trouble(): string;
  close(): Promise<void>;
}

export interface DiskGuardOptions {
  /** A folder on the disk of the engine. */
  readonly folder: string;
  /** A connection that no statement of others waits for. */
  readonly engine: PartsEngine;
  readonly report: (message: string) => void;
}

/**
 * Keeps what is acknowledged safe when the disk fills up. The embedded engine ignores a write that fails: inserts answer that they are
 * stored and merges put half a part in the place of its sources. But it counts such writes. So:
 *
 * - With little room left nothing is begun that writes, and merges are stopped.
 * - No statement that writes has succeeded before the count is seen to be what it was.
 * - When it rose, the tables that changed are taken off and put back, for which the engine checks their parts against their files: broken
 *   ones are set aside and those they were merged from, which lie on the disk for another eight minutes, take their place.
 */
export async function createDiskGuard({ folder, engine, report }: DiskGuardOptions): Promise<DiskGuard> {
  let settled = await failedWrites();
  /** All that was written up to then arrived; milliseconds since 1970. */
  let goodUntil = Date.now();
  let low = false;
  let broken = false;
  const off = new Set<string>();
  let lastFailure = '';
  let mending: Promise<void> | undefined;
  let underWay = 0;
  let whenIdle: (() => void) | undefined;
  let suffix = '';
  let looking: Promise<void> | undefined;

  async function failedWrites(): Promise<number> {
    const [row] = await engine.query<{ value: string }>(FAILED_WRITES);
    return Number(row?.value ?? 0);
  }

  function freeBytes(): number {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  }

  function refusal(): CodedError {
    return new CodedError('DISK_FULL', low || freeBytes() < LEAST_FREE_BYTES ? FULL : FAILED);
  }

  async function setLow(value: boolean): Promise<void> {
    if (value === low) return;
    low = value;
    report(
      low
        ? 'the disk of the database is full: nothing is stored and rules wait until there is room'
        : 'there is room on the disk of the database again: storing and rules go on',
    );
    await engine.command(`SYSTEM ${low ? 'STOP' : 'START'} MERGES`);
  }

  /** Whether all that was written until now arrived. */
  async function arrived(): Promise<boolean> {
    const asked = Date.now();
    if (broken || (await failedWrites()) !== settled) {
      broken = true;
      return false;
    }
    goodUntil = Math.max(goodUntil, asked);
    return true;
  }

  /** With nothing else under way, brings back what half-written parts took the place of. */
  async function mend(): Promise<void> {
    // Else a long merge that somebody asked for would be waited for.
    await engine.command('SYSTEM STOP MERGES');
    if (underWay > 0)
      await new Promise<void>((resolve) => {
        whenIdle = resolve;
      });
    const before = await failedWrites();
    await readPartsAgain(engine, { since: goodUntil - SLACK_MS, off, refused: true, report });
    suffix = `/${randomUUID()}`;
    settled = before;
    broken = false;
    // Merges of a table that was put back run again.
    await engine.command(`SYSTEM ${low ? 'STOP' : 'START'} MERGES`);
  }

  async function look(): Promise<void> {
    const free = freeBytes();
    if (free < LEAST_FREE_BYTES) await setLow(true);
    if (!(await arrived())) {
      mending = mend();
      await mending.finally(() => {
        mending = undefined;
      });
    }
    if (free >= LEAST_FREE_BYTES + MORE_FREE_BYTES) await setLow(false);
  }

  function lookNow(): Promise<void> {
    looking ??= look()
      .then(
        () => {
          lastFailure = '';
        },
        (error: unknown) => {
          const failure = error instanceof Error ? error.message : 'unknown';
          if (failure !== lastFailure) report(`the disk of the database could not be looked after: ${failure}`);
          lastFailure = failure;
        },
      )
      .finally(() => {
        looking = undefined;
      });
    return looking;
  }

  // Parts that a former process left half written were set aside when the engine opened.
  const [left] = await engine.query("SELECT 1 FROM system.detached_parts WHERE reason = 'broken-on-start' LIMIT 1");
  if (left !== undefined) {
    suffix = `/${randomUUID()}`;
    await clearBrokenParts(engine, { refused: false, report });
  }
  await lookNow();
  const looks = setInterval(() => void lookNow(), LOOK_EVERY_MS);
  looks.unref();

  return {
    async run(sql, work) {
      while (mending !== undefined) await mending.catch(() => undefined);
      const writes = WRITES.test(sql);
      if (writes && (low || broken || freeBytes() < LEAST_FREE_BYTES)) throw refusal();
      underWay += 1;
      try {
        const result = await work();
        if (writes && !(await arrived())) {
          void lookNow();
          throw refusal();
        }
        return result;
      } finally {
        underWay -= 1;
        if (underWay === 0) whenIdle?.();
      }
    },
    insertToken: (token) => token + suffix,
    trouble: () => (low || broken ? refusal().message : ''),
    async close() {
      clearInterval(looks);
      await looking;
    },
  };
}
