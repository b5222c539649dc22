import { createHash, timingSafeEqual } from 'node:crypto';
import type { Registry } from 'prom-client';
import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import type { RedactionSettings } from '../../engine/redaction/redaction-settings.ts';
import { ingestMetrics } from '../ingest-metrics.ts';
import { createInspectPool } from '../inspect-pool.ts';
import { BodyBudget } from '../otlp/body-budget.ts';
import { createGrpcReceiver, type GrpcReceiver } from '../otlp/grpc-receiver.ts';
import { createOtlpReceiver } from '../otlp/otlp-receiver.ts';
import { DEFAULT_RECEIVER_LIMITS } from '../otlp/receiver-limits.ts';
import type { TlsFiles } from '../otlp/receiver-server.ts';
import type { SecondScanOptions } from '../second-scan/create-second-scanners.ts';
import { forwardMetrics } from './forward-metrics.ts';
import { openForwardSpool } from './forward-spool.ts';
import { startForwarder } from './forwarder.ts';
import { createGatewayHealth } from './gateway-health.ts';
import { createGatewayQueue } from './gateway-queue.ts';

export interface GatewayOptions {
  readonly clock: Clock;
  readonly metrics: Registry;
  readonly org: string;
  readonly redaction: RedactionSettings;
  readonly secondScan: SecondScanOptions;
  /** What senders must show; anybody may send when undefined. */
  readonly sendersToken: string | undefined;
  readonly spool: { readonly folder: string; readonly mostBytes: number; readonly mostAgeMs: number };
  readonly centre: { readonly url: string; readonly token: string | undefined; readonly ca?: Buffer | undefined };
  readonly tls?: TlsFiles | undefined;
  readonly healthTls?: TlsFiles | undefined;
  readonly log: { warn(fields: object, message: string): void; info(message: string): void };
  readonly reportFault: (error: unknown) => void;
}

/** The gateway: receivers, redaction and a spool, and what forwards from there to the centre. It stores nothing else. */
export function createGateway(options: GatewayOptions) {
  const { metrics, tls, log } = options;
  const spool = openForwardSpool({ ...options.spool, clock: options.clock });
  const observe = ingestMetrics(metrics, () => queue.queuedBytes());
  const pool = createInspectPool(options.secondScan);
  const queue = createGatewayQueue({ pool, spool, redaction: options.redaction, scannedAgain: observe.scannedAgain });
  const allowed = senderCheck(options.sendersToken);
  const receiving = {
    authenticate: async (header: string | undefined) => {
      if (!allowed(header)) throw new CodedError('UNAUTHENTICATED', "The gateway's senders show its own token");
      return { org: options.org };
    },
    take: queue.take,
    observe: observe.exchange,
    reportFault: options.reportFault,
    budget: new BodyBudget(DEFAULT_RECEIVER_LIMITS.maxInFlightBytes),
    ...(tls && { tls }),
  };
  const receiver = createOtlpReceiver(receiving);
  const health = createGatewayHealth({ metrics, spool, allowed, tls: options.healthTls });
  let grpc: GrpcReceiver | undefined;
  const forwarder = startForwarder({
    spool,
    ...options.centre,
    observe: forwardMetrics(metrics, spool, options.clock),
    onTrouble: (reason) =>
      reason === '' ? log.info('the centre takes spans again') : log.warn({ reason }, 'nothing is forwarded for now'),
  });
  return {
    /** To be given new certificates. */
    listeners: { otlp: receiver.server, api: health.server },
    /** Each answers its base URL. */
    listen: (host: string, port: number): Promise<string> => receiver.listen({ host, port }),
    listenHealth: (host: string, port: number): Promise<string> => health.listen({ host, port }),
    async listenGrpc(host: string, port: number): Promise<string> {
      grpc = await createGrpcReceiver(receiving);
      return grpc.listen(host, port);
    },
    /** Answers what is in flight, takes nothing more; what is spooled waits for the next start. */
    async stop(): Promise<void> {
      await Promise.all([receiver.close(), grpc?.close(), health.close()]);
      await queue.stop();
      await forwarder.stop();
      await pool.close();
    },
  };
}

/** Whether an Authorization header is that of a sender. Compares digests, which are of one length and tell nothing by their time. */
function senderCheck(token: string | undefined): (header: string | undefined) => boolean {
  if (token === undefined) return () => true;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return (header) => {
    const [, shown = ''] = /^Bearer +(\S{1,1000}) *$/i.exec(header ?? '') ?? [];
    return timingSafeEqual(digest(shown), expected);
  };
}
