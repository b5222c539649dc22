import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import type { Signal } from '../otlp/signal.ts';
import type { ForwardBody } from './write-otlp.ts';

/** A request that waits for the centre. */
export interface SpoolEntry {
  readonly name: string;
  readonly signal: Signal;
  readonly bytes: number;
  /** When it was taken, ms since 1970. */
  readonly takenAt: number;
}

export interface ForwardSpool {
  /** Resolves when all bodies are on disk for good. Throws OVERLOADED when they do not fit, STORE_UNAVAILABLE when the disk fails. */
  write(bodies: readonly ForwardBody[]): Promise<void>;
  /** Throws OVERLOADED when nothing more may be taken. */
  requireRoom(): void;
  /** The first `count` of those that wait, oldest first. */
  oldest(count: number): SpoolEntry[];
  read(entry: SpoolEntry): Promise<Uint8Array>;
  /** After the centre has it. */
  remove(entry: SpoolEntry): Promise<void>;
  /** What the centre refuses for good is kept beside the spool, and tried once more at the next start. */
  setAside(entry: SpoolEntry): Promise<void>;
  /** Of all that is kept, what was set aside included. */
  bytes(): number;
  waiting(): number;
  asideCount(): number;
  /** Resolves when something is written, at once when something waits. */
  arrived(): Promise<void>;
}

export interface ForwardSpoolOptions {
  readonly folder: string;
  readonly mostBytes: number;
  /** Nothing is taken while the oldest entry waits for longer than this. */
  readonly mostAgeMs: number;
  readonly clock: Clock;
}

const FORM = /^(\d{15})-(\d{8})-(traces|logs|metrics)\.json\.gz$/;
const DRAFT = '.draft';
/** A centre that was away is back after a while, not after a second. */
const FULL_RETRY_SECONDS = 30;

/**
 * The requests that a gateway acknowledged and the centre did not yet: a file each, written whole, synced and then named, so that
 * whatever ends the process leaves only whole files. A single process uses a folder.
 */
export function openForwardSpool({ folder, mostBytes, mostAgeMs, clock }: ForwardSpoolOptions): ForwardSpool {
  const aside = join(folder, 'refused');
  mkdirSync(aside, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(aside)) renameSync(join(aside, name), join(folder, name));
  for (const name of readdirSync(folder)) if (name.endsWith(DRAFT)) rmSync(join(folder, name));

  // A Map keeps the order of insertion, and names sort by time.
  const entries = new Map<string, SpoolEntry>();
  for (const name of readdirSync(folder).sort()) {
    const [, takenAt, , signal] = FORM.exec(name) ?? [];
    if (signal === undefined) continue;
    const bytes = statSync(join(folder, name)).size;
    entries.set(name, { name, signal: signal as Signal, bytes, takenAt: Number(takenAt) });
  }
  let held = [...entries.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  let asideCount = 0;
  let sequence = 0;
  const heard: (() => void)[] = [];

  const full = (message: string) =>
    new CodedError('OVERLOADED', message, { extra: { retryAfterSeconds: FULL_RETRY_SECONDS } });

  function requireRoom(): void {
    if (held >= mostBytes) throw full('the gateway holds all it can until the centre takes some: send again later');
    for (const { takenAt } of entries.values()) {
      if (clock() - takenAt > mostAgeMs) throw full('the gateway could not forward for too long: send again later');
      break;
    }
  }

  async function writeOne({ signal, body }: ForwardBody): Promise<SpoolEntry> {
    const takenAt = clock();
    sequence = (sequence + 1) % 100_000_000;
    const name = `${String(takenAt).padStart(15, '0')}-${String(sequence).padStart(8, '0')}-${signal}.json.gz`;
    const draft = join(folder, name + DRAFT);
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(body);
      await file.sync();
      await rename(draft, join(folder, name));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return { name, signal, bytes: body.length, takenAt };
  }

  async function syncFolder(): Promise<void> {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  }

  return {
    async write(bodies) {
      if (bodies.length === 0) return;
      requireRoom();
      const bytes = bodies.reduce((sum, { body }) => sum + body.length, 0);
      if (held + bytes > mostBytes) throw full('the gateway has no room for the batch: send it again later');
      held += bytes;
      const written: SpoolEntry[] = [];
      try {
        for (const body of bodies) written.push(await writeOne(body));
        await syncFolder();
      } catch (cause) {
        // What was written is not acknowledged: the sender repeats the whole request.
        held -= bytes;
        await Promise.allSettled(written.map(({ name }) => rm(join(folder, name), { force: true })));
        throw new CodedError('STORE_UNAVAILABLE', 'the gateway could not write to its spool: send again later', {
          cause,
        });
      }
      for (const entry of written) entries.set(entry.name, entry);
      for (const hear of heard.splice(0)) hear();
    },
    requireRoom,
    oldest(count) {
      const first: SpoolEntry[] = [];
      for (const entry of entries.values()) {
        if (first.length >= count) break;
        first.push(entry);
      }
      return first;
    },
    read: ({ name }) => readFile(join(folder, name)),
    async remove({ name, bytes }) {
      await rm(join(folder, name), { force: true });
      if (entries.delete(name)) held -= bytes;
    },
    async setAside({ name }) {
      await rename(join(folder, name), join(aside, name));
      entries.delete(name);
      asideCount += 1;
    },
    bytes: () => held,
    waiting: () => entries.size,
    asideCount: () => asideCount,
    arrived: () => {
      if (entries.size > 0) return Promise.resolve();
      return new Promise((resolve) => {
        heard.push(resolve);
      });
    },
  };
}
