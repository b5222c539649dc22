import { randomUUID } from 'node:crypto';
import type { Diagnostics } from './alerts/diagnostics.ts';
import type { Store } from './clickhouse/store.ts';
import { readIngestProgress, saveIngestProgress } from './clickhouse/tables/ingest-progress.ts';

/** A receiver that was not heard of for this long is dead: what it had not stored by then nobody had acknowledged. */
const DEAD_AFTER_MS = 15_000;
const PUBLISH_EVERY_MS = 500;
const LISTEN_EVERY = 4;
/**
 * Silence between two looks counts at most this much: while the store was away nobody could tell anything, and whoever looks first when it is
 * back must not take the others for dead. Somewhat more than the time between looks.
 */
const MOST_SILENCE_MS = 4_000;
/** A receiver whose last word is older may be taken for dead before its next one. */
const UNHEARD_AFTER_MS = DEAD_AFTER_MS - 3_000;

export interface SharedLowWaterOptions {
  readonly store: Store;
  readonly log: Diagnostics;
  /** Whether this process stores spans; it only listens when not. */
  readonly stores: boolean;
}

/**
 * The low-water mark of all receivers that write to one server: no rule's window may close over spans that any of them still holds.
 * Each tells now and then how far it is.
 */
export async function shareLowWater({ store, log, stores }: SharedLowWaterOptions) {
  const worker = randomUUID();
  const heard = new Map<string, { beat: number; at: number; silentMs: number }>();
  let beat = 0;
  let toldAt = 0;
  let timer: NodeJS.Timeout | undefined;

  async function tell(lowWater: number | undefined): Promise<void> {
    const asked = performance.now();
    await saveIngestProgress(store, { worker, lowWater, beat: ++beat });
    toldAt = asked;
  }

  async function lowWater(): Promise<number> {
    const marks: number[] = [];
    for (const progress of await readIngestProgress(store)) {
      const known = heard.get(progress.worker);
      const at = performance.now();
      const silentMs = known?.beat === progress.beat ? known.silentMs + Math.min(at - known.at, MOST_SILENCE_MS) : 0;
      heard.set(progress.worker, { beat: progress.beat, at, silentMs });
      if (silentMs > DEAD_AFTER_MS) continue;
      if (progress.lowWater !== undefined) marks.push(progress.lowWater);
    }
    return marks.length === 0 ? 0 : Math.min(...marks);
  }

  // From now on no window closes before this receiver's first span, which comes after every window that may have closed.
  if (stores) await tell(0);
  const floor = Math.max(0, ...(await readIngestProgress(store)).map((progress) => progress.lowWater ?? 0));

  return {
    /** This receiver's ingest times begin no earlier; microseconds since 1970. */
    floor,
    lowWater,
    /** Whether the others still count on this receiver: what it began to store before may else come too late for rules. */
    isHeard: (): boolean => performance.now() - toldAt < UNHEARD_AFTER_MS,
    /** Tells how far this receiver is, from now on. */
    publish(local: () => number): void {
      const next = async () => {
        try {
          await tell(local());
          // Who listens only once it has work to do would take the dead for alive at first.
          if (beat % LISTEN_EVERY === 0) await lowWater();
        } catch (error) {
          log.error({ err: error }, 'the low-water mark could not be told');
        }
        timer = setTimeout(next, PUBLISH_EVERY_MS).unref();
      };
      timer = setTimeout(next, 0).unref();
    },
    async stop(): Promise<void> {
      clearTimeout(timer);
      if (stores) await tell(undefined).catch(() => undefined);
    },
  };
}
