import type { Registry } from 'prom-client';
import type { Store } from '../engine/clickhouse/store.ts';
import { OTEL_TRACES_COLUMNS } from '../engine/clickhouse/tables/otel-traces.ts';
import type { Clock } from '../engine/core/clock.ts';
import { orgDatabase } from '../engine/core/org.ts';
import type { RedactionSettings } from '../engine/redaction/redaction-settings.ts';
import { createIngest } from './ingest.ts';
import { createIngestClock } from './ingest-clock.ts';
import { ingestMetrics } from './ingest-metrics.ts';
import { createInspectPool } from './inspect-pool.ts';
import { createOtlpReceiver } from './otlp/otlp-receiver.ts';
import type { SecondScanOptions } from './second-scan/create-second-scanners.ts';

export interface IngestServerOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** No span gets an ingest time before this, microseconds since 1970: what rules have evaluated so far. */
  readonly floor: number;
  /** How an org's texts are redacted now. */
  readonly redaction: (org: string) => Promise<RedactionSettings>;
  /** Finds the org of an Authorization header. Throws UNAUTHENTICATED or FORBIDDEN. */
  readonly authenticate: (authorization: string | undefined) => Promise<{ org: string }>;
  /** Second scanners; none when left out. */
  readonly secondScan?: SecondScanOptions;
  readonly metrics: Registry;
  readonly reportFault: (error: unknown) => void;
  /** Plain HTTP when undefined. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
}

/** The ingest role: the OTLP/HTTP receiver with the pipeline behind it. */
export function createIngestServer(options: IngestServerOptions) {
  const { store } = options;
  const clock = createIngestClock(options.clock, options.floor);
  const observe = ingestMetrics(options.metrics, () => ingest.queuedBytes());
  const pool = createInspectPool(
    options.secondScan ?? { secretlint: false, trufflehog: undefined, trufflehogRequired: false },
  );
  const ingest = createIngest({
    clock,
    pool,
    redaction: options.redaction,
    scannedAgain: observe.scannedAgain,
    insert: (org, rows, token) =>
      store.insertLines(`${orgDatabase(org)}.otel_traces`, OTEL_TRACES_COLUMNS, rows, token),
  });
  const receiver = createOtlpReceiver({
    authenticate: options.authenticate,
    take: ingest.take,
    observe: observe.exchange,
    reportFault: options.reportFault,
    ...(options.tls && { tls: options.tls }),
  });
  return {
    ingest,
    lowWater: clock.lowWater,
    /** The listener, e.g. to give it a new certificate. */
    server: receiver.server,
    /** Answers the receiver's base URL. */
    listen: (host: string, port: number): Promise<string> => receiver.listen({ host, port }),
    /** Answers what is in flight, takes nothing more. */
    async stop(): Promise<void> {
      await receiver.close();
      await ingest.stop();
      await pool.close();
    },
  };
}
