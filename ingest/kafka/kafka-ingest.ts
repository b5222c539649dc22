import type { Registry } from 'prom-client';
import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import { groupCommits, type InsertRows } from '../group-commits.ts';
import type { IngestQueue } from '../ingest-queue.ts';
import type { KafkaConnection, KafkaLog } from './connect-kafka.ts';
import type { LetterKey } from './dead-letter.ts';
import { produceMetrics, workMetrics } from './kafka-metrics.ts';
import { createKafkaQueue } from './kafka-queue.ts';
import { createKafkaWorker } from './kafka-worker.ts';
import { createReliableProducer } from './reliable-producer.ts';
import type { StoreMessagesOptions } from './store-messages.ts';
import { watchLag } from './watch-lag.ts';

export interface KafkaIngestOptions {
  readonly connection: KafkaConnection;
  /** What this process does: take requests into the topic, store what is in it, or both. */
  readonly ends: 'both' | 'receive' | 'work';
  readonly letterKey: LetterKey;
  readonly log: KafkaLog;
}

export type Pipeline = Omit<StoreMessagesOptions, 'write' | 'bury'> & { readonly insert: InsertRows };

/** Kafka between receivers and the store: a queue for the receiver of this process, and a worker behind it, or one of them. */
export function createKafkaIngest(
  { connection, ends, letterKey, log }: KafkaIngestOptions,
  { insert, ...pipeline }: Pipeline,
  { clock, metrics }: { readonly clock: Clock; readonly metrics: Registry },
): IngestQueue {
  const { kafka, settings, messageBytes } = connection;
  const producer = createReliableProducer({
    kafka,
    topic: settings.topic,
    mostBytes: messageBytes,
    ...(ends !== 'work' && { observe: produceMetrics(metrics) }),
  });
  const queue = createKafkaQueue({ producer, codec: settings.compression, messageBytes });
  const groups = groupCommits(insert);
  const lag = ends === 'receive' ? undefined : watchLag(kafka, settings);
  const worker =
    lag &&
    createKafkaWorker({
      ...pipeline,
      connection,
      letterKey,
      log,
      now: clock,
      write: (org, table, rows, token) => groups[table].write(org, rows, token),
      metrics: workMetrics(metrics, lag.lag),
    });
  return {
    take: async (request) => {
      if (ends === 'work') throw new CodedError('SHUTTING_DOWN', 'this process takes no requests');
      return queue.take(request);
    },
    queuedBytes: queue.queuedBytes,
    async stop() {
      await queue.stop();
      await worker?.stop();
      await lag?.stop();
    },
  };
}
