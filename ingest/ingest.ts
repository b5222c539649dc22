import { CodedError } from '../engine/core/errors.ts';
import type { RedactionSettings } from '../engine/redaction/redaction-settings.ts';
import { createGroupCommit, type GroupCommitOptions } from './group-commit.ts';
import type { IngestClock } from './ingest-clock.ts';
import type { IngestQueue } from './ingest-queue.ts';
import type { InspectPool } from './inspect-pool.ts';
import type { TakenTraces, TraceRequest } from './otlp/receive-traces.ts';

export interface IngestOptions extends GroupCommitOptions {
  readonly clock: IngestClock;
  readonly pool: InspectPool;
  /** How an org's texts are redacted now; without it nothing is stored. */
  readonly redaction: (org: string) => Promise<RedactionSettings>;
  /** Hears what second scanners found of each request. */
  readonly scannedAgain?: (found: Readonly<Record<string, number>>) => void;
  /** Bytes of requests taken and not yet stored; beyond it senders are asked to come back. */
  readonly mostQueuedBytes?: number;
}

/**
 * Takes export requests from the receiver to the store: inspected on a worker thread, then stored together with others that came
 * at the same time. `take` resolves when the spans are stored. Throws OVERLOADED when too much is under way, SHUTTING_DOWN after
 * `stop`, STORE_UNAVAILABLE when the store fails, and what inspecting throws.
 */
export function createIngest({
  clock,
  pool,
  redaction,
  scannedAgain,
  mostQueuedBytes = 96 * 1024 * 1024,
  ...commit
}: IngestOptions): IngestQueue {
  const groups = createGroupCommit(commit);
  const underWay = new Set<Promise<unknown>>();
  let queuedBytes = 0;
  let stopped = false;

  async function store({ org, encoding, body }: TraceRequest): Promise<TakenTraces> {
    // Opened before anything else: no window of a rule closes until these rows are readable.
    const ingestedAt = clock.open();
    try {
      const {
        pieces,
        scannedAgain: again,
        ...counts
      } = await pool.inspect({
        org,
        redaction: await redaction(org),
        encoding,
        body,
        ingestedAt,
      });
      scannedAgain?.(again);
      // Acknowledged when all pieces are stored. Should one fail, the sender repeats the request, and what is there counts once.
      for (const rows of pieces) await groups.write(org, rows);
      return counts;
    } finally {
      clock.close(ingestedAt);
    }
  }

  return {
    async take(request: TraceRequest): Promise<TakenTraces> {
      if (stopped) throw new CodedError('SHUTTING_DOWN', 'the receiver is shutting down: send the batch again later');
      const bytes = request.body.length;
      // A request is let in when it is alone, however large, else it could never be stored.
      if (queuedBytes > 0 && queuedBytes + bytes > mostQueuedBytes) {
        throw new CodedError('OVERLOADED', 'too many spans are waiting to be stored: send the batch again later');
      }
      queuedBytes += bytes;
      const stored = store(request).finally(() => {
        queuedBytes -= bytes;
        underWay.delete(stored);
      });
      underWay.add(stored);
      return stored;
    },
    queuedBytes: (): number => queuedBytes,
    async stop(): Promise<void> {
      stopped = true;
      await Promise.allSettled(underWay);
    },
  };
}
