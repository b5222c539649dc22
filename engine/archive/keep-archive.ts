import type { Org } from '../clickhouse/tables/orgs.ts';
import { type ArchiveRoundOptions, archiveRound, pruneArchive } from './archive-round.ts';

export interface ArchiveOptions extends ArchiveRoundOptions {
  /** The orgs that are this process's to archive. */
  readonly orgs: () => Promise<readonly Pick<Org, 'slug' | 'retention_days'>[]>;
  /** Everything accepted before this (microseconds since 1970) is stored. */
  readonly lowWater: () => Promise<number>;
  readonly log: { error(fields: object, message: string): void };
}

const DAY_MS = 86_400_000;
const ROUND_MS = 60_000;
/** Looking through a bucket for what is too old costs requests. */
const PRUNE_EVERY = 60;

/** Archives the hours of all orgs as they end and removes what is past its retention, a round a minute, one org after the other. */
export function keepArchive(options: ArchiveOptions) {
  const { orgs, lowWater, book, clock, log } = options;
  const stopping = new AbortController();
  let rounds = 0;
  let busy = false;
  let round = Promise.resolve();

  async function next(): Promise<void> {
    const prune = rounds++ % PRUNE_EVERY === 0;
    const settled = Math.min((await lowWater()) / 1_000, clock());
    for (const { slug, retention_days } of await orgs()) {
      if (stopping.signal.aborted) return;
      try {
        await archiveRound(options, slug, settled, stopping.signal);
        if (prune) await pruneOrg(slug, retention_days);
      } catch (error) {
        log.error({ org: slug, error: reason(error) }, 'the archive could not be kept');
      }
    }
  }

  async function pruneOrg(slug: string, days: number): Promise<void> {
    const objects = await book.open(slug);
    if (objects === undefined) return;
    await pruneArchive(objects, slug, clock() - days * DAY_MS).finally(() => objects.close());
  }

  const begin = () => {
    if (busy) return;
    busy = true;
    round = next()
      .catch((error: unknown) => log.error({ error: reason(error) }, 'no round of archiving'))
      .finally(() => {
        busy = false;
      });
  };
  begin();
  const timer = setInterval(begin, ROUND_MS);
  return {
    /** Resolves when the round under way has ended. */
    settled: (): Promise<void> => round,
    /** Begins no more hours; resolves when the one under way has ended. */
    stop: (): Promise<void> => {
      clearInterval(timer);
      stopping.abort();
      return round;
    },
  };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
