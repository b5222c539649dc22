import type { Registry } from 'prom-client';
import type { Store } from '../engine/clickhouse/store.ts';
import type { Clock } from '../engine/core/clock.ts';
import { orgDatabase } from '../engine/core/org.ts';
import type { RedactionSettings } from '../engine/redaction/redaction-settings.ts';
import { createIngest } from './ingest.ts';
import { createIngestClock } from './ingest-clock.ts';
import { INGEST_COLUMNS } from './ingest-columns.ts';
import { ingestMetrics } from './ingest-metrics.ts';
import { createInspectPool } from './inspect-pool.ts';
import type { IngestTable } from './inspected.ts';
import { createKafkaIngest, type KafkaIngestOptions } from './kafka/kafka-ingest.ts';
import { BodyBudget } from './otlp/body-budget.ts';
import { createGrpcReceiver, type GrpcReceiver } from './otlp/grpc-receiver.ts';
import { createOtlpReceiver } from './otlp/otlp-receiver.ts';
import type { Sender } from './otlp/receive-export.ts';
import { DEFAULT_RECEIVER_LIMITS } from './otlp/receiver-limits.ts';
import type { TlsFiles } from './otlp/receiver-server.ts';
import type { SecondScanOptions } from './second-scan/create-second-scanners.ts';

export interface IngestServerOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** No span gets an ingest time before this, microseconds since 1970: what rules have evaluated so far. */
  readonly floor: number;
  /** How an org's texts are redacted now. */
  readonly redaction: (org: string) => Promise<RedactionSettings>;
  /** Finds the org of an Authorization header. Throws UNAUTHENTICATED or FORBIDDEN. */
  readonly authenticate: (authorization: string | undefined) => Promise<Sender>;
  /** Second scanners; none when left out. */
  readonly secondScan?: SecondScanOptions;
  readonly metrics: Registry;
  readonly reportFault: (error: unknown) => void;
  /** Plain HTTP when undefined. */
  readonly tls?: TlsFiles;
  /** Whether rules still wait for what this process stores; they do when left out. */
  readonly isHeard?: () => boolean;
  /** What a receiver takes goes through Kafka; straight to the store when undefined. */
  readonly kafka?: KafkaIngestOptions;
}

/** The ingest role: the OTLP receivers with the pipeline behind it. */
export function createIngestServer(options: IngestServerOptions) {
  const { store, kafka } = options;
  const clock = createIngestClock(options.clock, options.floor);
  const observe = ingestMetrics(options.metrics, () => queue.queuedBytes());
  const pool = createInspectPool(
    options.secondScan ?? { secretlint: false, trufflehog: undefined, trufflehogRequired: false },
  );
  const pipeline = {
    clock,
    pool,
    redaction: options.redaction,
    scannedAgain: observe.scannedAgain,
    isHeard: options.isHeard ?? (() => true),
    insert: (org: string, table: IngestTable, rows: Uint8Array, token: string) =>
      store.insertLines(`${orgDatabase(org)}.${table}`, INGEST_COLUMNS[table], rows, token),
  };
  const queue = kafka === undefined ? createIngest(pipeline) : createKafkaIngest(kafka, pipeline, options);
  const receiving = {
    authenticate: options.authenticate,
    take: queue.take,
    observe: observe.exchange,
    reportFault: options.reportFault,
    budget: new BodyBudget(DEFAULT_RECEIVER_LIMITS.maxInFlightBytes),
    ...(options.tls && { tls: options.tls }),
  };
  const receiver = createOtlpReceiver(receiving);
  let grpc: GrpcReceiver | undefined;
  return {
    lowWater: clock.lowWater,
    /** The listener, e.g. to give it a new certificate. */
    server: receiver.server,
    /** Answers the receiver's base URL. */
    listen: (host: string, port: number): Promise<string> => receiver.listen({ host, port }),
    /** The same of the gRPC receiver. */
    async listenGrpc(host: string, port: number): Promise<string> {
      grpc = await createGrpcReceiver(receiving);
      return grpc.listen(host, port);
    },
    /** Answers what is in flight, takes nothing more. */
    async stop(): Promise<void> {
      await Promise.all([receiver.close(), grpc?.close()]);
      await queue.stop();
      await pool.close();
    },
  };
}
