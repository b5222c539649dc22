import { CodedError } from '../../engine/core/errors.ts';
import type { RedactionSettings } from '../../engine/redaction/redaction-settings.ts';
import type { IngestQueue } from '../ingest-queue.ts';
import type { InspectPool } from '../inspect-pool.ts';
import type { ExportRequest, TakenExport } from '../otlp/receive-export.ts';
import type { ForwardSpool } from './forward-spool.ts';

export interface GatewayQueueOptions {
  readonly pool: Pick<InspectPool, 'forward'>;
  readonly spool: Pick<ForwardSpool, 'requireRoom' | 'write'>;
  readonly redaction: RedactionSettings;
  readonly scannedAgain: (found: Readonly<Record<string, number>>) => void;
  /** Bytes of requests taken and not yet spooled; beyond it senders are asked to come back. */
  readonly mostQueuedBytes?: number;
}

/** The receiving end of a gateway: a request is redacted in memory, written to the spool, and acknowledged once it is on disk there. */
export function createGatewayQueue({
  pool,
  spool,
  redaction,
  scannedAgain,
  mostQueuedBytes = 96 * 1024 * 1024,
}: GatewayQueueOptions): IngestQueue {
  const underWay = new Set<Promise<unknown>>();
  let queuedBytes = 0;
  let stopped = false;

  async function spooled({ signal, org, encoding, body }: ExportRequest): Promise<TakenExport> {
    spool.requireRoom();
    const {
      bodies,
      scannedAgain: again,
      ...counts
    } = await pool.forward({ signal, org, redaction, encoding, body, ingestedAt: 0 });
    scannedAgain(again);
    await spool.write(bodies);
    return counts;
  }

  return {
    async take(request) {
      if (stopped) throw new CodedError('SHUTTING_DOWN', 'the gateway is shutting down: send the batch again later');
      const bytes = request.body.length;
      // A request is let in when it is alone, however large, else it could never be taken.
      if (queuedBytes > 0 && queuedBytes + bytes > mostQueuedBytes) {
        throw new CodedError('OVERLOADED', 'too much is waiting to be redacted: send the batch again later');
      }
      queuedBytes += bytes;
      const taken = spooled(request).finally(() => {
        queuedBytes -= bytes;
        underWay.delete(taken);
      });
      underWay.add(taken);
      return taken;
    },
    queuedBytes: () => queuedBytes,
    async stop() {
      stopped = true;
      await Promise.allSettled(underWay);
    },
  };
}
