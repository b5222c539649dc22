import { CodedError } from '../../engine/core/errors.ts';
import type { IngestQueue } from '../ingest-queue.ts';
import type { ExportRequest, TakenExport } from '../otlp/receive-export.ts';
import { type Codec, MESSAGE_OVERHEAD, type PackedMessage, packMessage } from './export-message.ts';
import { type ReliableProducer, sizeOf } from './reliable-producer.ts';
import { splitByTrace } from './split-by-trace.ts';

export interface KafkaQueueOptions {
  readonly producer: ReliableProducer;
  readonly codec: Codec;
  /** Most bytes of one message. */
  readonly messageBytes: number;
  /** Bytes of requests taken and not yet committed; beyond it senders are asked to come back. */
  readonly mostQueuedBytes?: number;
}

/** Room for key, frames and what compressing adds to what can't be compressed. */
const SLACK = 2 * MESSAGE_OVERHEAD + 512;

/** The receiving end of Kafka mode: a request goes into the topic, split by trace, and is acknowledged once all of it is committed. */
export function createKafkaQueue({
  producer,
  codec,
  messageBytes,
  mostQueuedBytes = 96 * 1024 * 1024,
}: KafkaQueueOptions): IngestQueue {
  const underWay = new Set<Promise<unknown>>();
  let queuedBytes = 0;
  let stopped = false;

  async function commit({ signal, org, encoding, body, fromGateway }: ExportRequest): Promise<TakenExport> {
    const { parts, accepted, rejected, errors } = splitByTrace(signal, body, encoding, messageBytes - SLACK);
    const messages: PackedMessage[] = await Promise.all(
      parts.map((part) =>
        packMessage(
          { org, signal, encoding, traceId: part.traceId, items: part.items, fromGateway, body: part.body },
          codec,
        ),
      ),
    );
    if (messages.some((message) => sizeOf(message) > messageBytes)) {
      throw new CodedError('TOO_LARGE', 'a part of the request is larger than a Kafka message may be');
    }
    if (messages.length > 0) await producer.send(messages);
    return { accepted, rejected, errors };
  }

  return {
    async take(request) {
      if (stopped) throw new CodedError('SHUTTING_DOWN', 'the receiver is shutting down: send the batch again later');
      const bytes = request.body.length;
      // A request is let in when it is alone, however large, else it could never be taken.
      if (queuedBytes > 0 && queuedBytes + bytes > mostQueuedBytes) {
        throw new CodedError('OVERLOADED', 'too much is waiting for Kafka: send the batch again later');
      }
      queuedBytes += bytes;
      const committed = commit(request).finally(() => {
        queuedBytes -= bytes;
        underWay.delete(committed);
      });
      underWay.add(committed);
      return committed;
    },
    queuedBytes: () => queuedBytes,
    async stop() {
      stopped = true;
      await Promise.allSettled(underWay);
      await producer.stop();
    },
  };
}
