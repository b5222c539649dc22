import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeSpanRow } from '../engine/clickhouse/tables/otel-traces.ts';
import { CodedError } from '../engine/core/errors.ts';
import type { Span } from '../engine/core/span.ts';
import { redactSpan } from '../engine/redaction/redact-span.ts';
import type { Redactor } from '../engine/redaction/redactor.ts';
import { normalise } from './dialects/normalise.ts';
import { enrich } from './enrich/enrich.ts';
import { createGroupCommit, type GroupCommitOptions } from './group-commit.ts';
import type { IngestClock } from './ingest-clock.ts';

/** Spans of one export request. */
export interface SpanBatch {
  readonly org: string;
  readonly spans: readonly Span[];
  /** Size of the request, decompressed; what the queue's bound counts. */
  readonly receivedBytes: number;
}

export interface IngestOptions extends GroupCommitOptions {
  readonly clock: IngestClock;
  readonly redactorFor: (org: string) => Redactor;
  /** Bytes of requests accepted and not yet stored; beyond it senders are asked to come back. */
  readonly mostQueuedBytes?: number;
}

/** Work longer than this gives way to other requests, milliseconds. */
const TURN_MS = 10;

/**
 * The way of a span from the receiver to the store: normalise → enrich → redact → write. `accept` resolves when the spans are
 * stored. Throws OVERLOADED when too much is under way, SHUTTING_DOWN after `stop`, STORE_UNAVAILABLE when the store fails.
 */
export function createIngest({ clock, redactorFor, mostQueuedBytes = 192 * 1024 * 1024, ...commit }: IngestOptions) {
  const groups = createGroupCommit(commit);
  let queuedBytes = 0;
  let stopped = false;

  async function toRows({ org, spans }: SpanBatch, ingestedAt: number): Promise<Uint8Array> {
    const redactor = redactorFor(org);
    const enriched = enrich(spans.map(normalise));
    const rows: string[] = [];
    let turn = performance.now();
    for (const span of enriched) {
      rows.push(encodeSpanRow(redactSpan(span, redactor), ingestedAt));
      if (performance.now() - turn > TURN_MS) {
        await nextTurn();
        turn = performance.now();
      }
    }
    return Buffer.from(rows.join(''));
  }

  return {
    async accept(batch: SpanBatch): Promise<void> {
      if (stopped) throw new CodedError('SHUTTING_DOWN', 'The receiver is shutting down; send the batch again');
      if (batch.spans.length === 0) return;
      if (queuedBytes > 0 && queuedBytes + batch.receivedBytes > mostQueuedBytes) {
        throw new CodedError('OVERLOADED', 'Too many spans are waiting to be stored; send the batch again later');
      }
      queuedBytes += batch.receivedBytes;
      const ingestedAt = clock.open();
      try {
        await groups.write(batch.org, await toRows(batch, ingestedAt));
      } finally {
        clock.close(ingestedAt);
        queuedBytes -= batch.receivedBytes;
      }
    },
    queuedBytes: (): number => queuedBytes,
    /** Takes nothing more and resolves when everything accepted is stored. */
    async stop(): Promise<void> {
      stopped = true;
      await groups.drained();
    },
  };
}

export type Ingest = ReturnType<typeof createIngest>;
