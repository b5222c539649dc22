import type { Diagnostics } from './alerts/diagnostics.ts';
import type { ArchiveBook } from './archive/archive-book.ts';
import { type ArchiveRoundOptions, archiveRound, pruneArchive } from './archive/archive-round.ts';
import type { Org } from './clickhouse/tables/orgs.ts';
import type { Clock } from './core/clock.ts';

export interface KeepStoredOptions extends ArchiveRoundOptions {
  /** The orgs that are this process's to keep. */
  readonly orgs: () => Promise<readonly Pick<Org, 'slug' | 'retention_days'>[]>;
  /** Everything accepted before this (microseconds since 1970) is stored. */
  readonly lowWater: () => Promise<number>;
  /** Carries out what was asked to be erased in an org; see erasureRound. */
  readonly erase: (org: string, settled: number) => Promise<void>;
  readonly log: Diagnostics;
}

const DAY_MS = 86_400_000;
const ROUND_MS = 60_000;
/** Looking through a bucket for what is too old costs requests. */
const PRUNE_EVERY = 60;

/**
 * Keeps what is stored as it has to be, a round a minute, one org after the other: erases what is to be erased, archives the hours that
 * ended, removes archived hours past their retention. In this order and never two at a time, for erasing rewrites the archive.
 */
export function keepStored(options: KeepStoredOptions) {
  const { orgs, lowWater, erase, book, clock, log } = options;
  const stopping = new AbortController();
  let rounds = 0;
  let running: Promise<void> | undefined;
  let again = false;

  async function round(): Promise<void> {
    const prune = rounds++ % PRUNE_EVERY === 0;
    const settled = Math.min(await lowWater(), clock() * 1_000);
    for (const { slug, retention_days } of await orgs()) {
      const steps = {
        'what is to be erased could not be': () => erase(slug, settled),
        'the archive could not be kept': () => archiveRound(options, slug, settled / 1_000, stopping.signal),
        'the archive could not be pruned': async () => {
          if (prune) await pruneOrg(book, slug, clock, retention_days);
        },
      };
      for (const [failure, step] of Object.entries(steps)) {
        if (stopping.signal.aborted) return;
        await step().catch((error: unknown) => log.error({ org: slug, error: reason(error) }, failure));
      }
    }
  }

  function begin(): void {
    if (running !== undefined) {
      again = true;
      return;
    }
    running = round()
      .catch((error: unknown) => log.error({ error: reason(error) }, 'what is stored could not be looked after'))
      .finally(() => {
        running = undefined;
        if (again && !stopping.signal.aborted) begin();
        again = false;
      });
  }

  begin();
  const timer = setInterval(begin, ROUND_MS);
  return {
    /** A round at once. */
    wake: begin,
    /** Resolves when the round under way has ended. */
    settled: async (): Promise<void> => running,
    /** Begins nothing more; resolves when what is under way has ended. */
    stop: async (): Promise<void> => {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

async function pruneOrg(book: ArchiveBook, org: string, clock: Clock, days: number): Promise<void> {
  const objects = await book.open(org);
  if (objects !== undefined) await pruneArchive(objects, org, clock() - days * DAY_MS).finally(objects.close);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
