import { CodedError } from '../engine/core/errors.ts';
import type { RedactionSettings } from '../engine/redaction/redaction-settings.ts';
import type { GroupCommitOptions } from './group-commit.ts';
import { groupCommits, type InsertRows } from './group-commits.ts';
import type { IngestClock } from './ingest-clock.ts';
import type { IngestQueue } from './ingest-queue.ts';
import type { InspectPool } from './inspect-pool.ts';
import type { InspectTask } from './inspect-worker.ts';
import type { Inspected } from './inspected.ts';
import { letGo } from './let-go.ts';
import type { ExportRequest, TakenExport } from './otlp/receive-export.ts';
import { unheard } from './unheard.ts';

export interface IngestOptions extends Omit<GroupCommitOptions, 'insert' | 'isMoreComing'> {
  readonly insert: InsertRows;
  readonly clock: IngestClock;
  readonly pool: InspectPool;
  /** How an org's texts are redacted now; without it nothing is stored. */
  readonly redaction: (org: string) => Promise<RedactionSettings>;
  /** Hears what second scanners found of each request. */
  readonly scannedAgain?: (found: Readonly<Record<string, number>>) => void;
  /** Whether rules still wait for what this process stores; they do when left out. */
  readonly isHeard?: () => boolean;
  /** Bytes of requests taken and not yet stored; beyond it senders are asked to come back. */
  readonly mostQueuedBytes?: number;
}

/**
 * Takes export requests from the receiver to the store: inspected on a worker thread, then stored together with others that came
 * at the same time. `take` resolves when all is stored. Throws OVERLOADED when too much is under way, SHUTTING_DOWN after
 * `stop`, STORE_UNAVAILABLE when the store fails, and what inspecting throws.
 */
export function createIngest({
  clock,
  pool,
  redaction,
  scannedAgain,
  isHeard = () => true,
  mostQueuedBytes = 96 * 1024 * 1024,
  insert,
  ...commit
}: IngestOptions): IngestQueue {
  /** Requests of each org that are being inspected, or wait for it. */
  const inspecting = new Map<string, number>();
  const groups = groupCommits(insert, { ...commit, isMoreComing: (org) => inspecting.has(org) });
  const underWay = new Set<Promise<unknown>>();
  let queuedBytes = 0;
  let stopped = false;

  async function inspect(task: InspectTask): Promise<Inspected> {
    const { org } = task;
    inspecting.set(org, (inspecting.get(org) ?? 0) + 1);
    try {
      return await pool.inspect(task);
    } finally {
      const others = inspecting.get(org)! - 1;
      if (others > 0) inspecting.set(org, others);
      else inspecting.delete(org);
    }
  }

  async function store({ signal, org, encoding, body, fromGateway }: ExportRequest): Promise<TakenExport> {
    // Opened before anything else: no window of a rule closes until these rows are readable.
    const ingestedAt = clock.open();
    try {
      const {
        pieces,
        scannedAgain: again,
        ...counts
      } = await inspect({
        signal,
        org,
        redaction: await redaction(org),
        encoding,
        body,
        ingestedAt,
        fromGateway,
      });
      scannedAgain?.(again);
      if (!isHeard()) throw unheard();
      // Acknowledged when all pieces are stored. Should one fail, the sender repeats the request, and what is there counts once.
      for (const { table, rows } of pieces) {
        await groups[table].write(org, rows);
        letGo(rows);
      }
      return counts;
    } finally {
      clock.close(ingestedAt);
    }
  }

  return {
    async take(request: ExportRequest): Promise<TakenExport> {
      if (stopped) throw new CodedError('SHUTTING_DOWN', 'the receiver is shutting down: send the batch again later');
      const bytes = request.body.length;
      // A request is let in when it is alone, however large, else it could never be stored.
      if (queuedBytes > 0 && queuedBytes + bytes > mostQueuedBytes) {
        throw new CodedError('OVERLOADED', 'too much is waiting to be stored: send the batch again later');
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
