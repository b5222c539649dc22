import type { Consumer, EachBatchPayload } from 'kafkajs';
import { CodedError } from '../../engine/core/errors.ts';
import type { KafkaConnection } from './connect-kafka.ts';
import { type LetterKey, openLetter, textHeaders } from './dead-letter.ts';
import { createReliableProducer } from './reliable-producer.ts';

export interface DeadLetterCounts {
  /** Letters that were there when the replay began. */
  total: number;
  read: number;
  /** Sent to the topic again; workers that still can't store them bury them anew. */
  replayed: number;
  /** Of other orgs than the one asked for, or sealed with another key. */
  left: number;
  /** By org, kind of error and reason. */
  reasons: Map<string, number>;
}

export interface ReplayDeadLettersOptions {
  readonly connection: KafkaConnection;
  readonly key: LetterKey;
  /** Only letters of this org. */
  readonly org?: string | undefined;
  /** Only tells what is there; nothing is sent and the next replay finds all of it. */
  readonly list: boolean;
  readonly onProgress: (counts: Readonly<DeadLetterCounts>) => void;
}

/**
 * Sends the dead letters back to the topic, in order, up to the last that was there at the beginning. A letter counts as replayed only once
 * it is committed, so a replay that is broken off goes on where it was; letters are never deleted but by their topic's retention. Throws
 * STORE_UNAVAILABLE when Kafka fails on the way.
 */
export async function replayDeadLetters({
  connection,
  key,
  org,
  list,
  onProgress,
}: ReplayDeadLettersOptions): Promise<DeadLetterCounts> {
  const { kafka, settings, messageBytes } = connection;
  const topic = settings.deadLetterTopic;
  const groupId = `${settings.group}.dead-letters${org === undefined ? '' : `.${org}`}`;
  const counts: DeadLetterCounts = { total: 0, read: 0, replayed: 0, left: 0, reasons: new Map() };
  const ends = await remaining(connection, groupId);
  counts.total = [...ends.values()].reduce((sum, { from, to }) => sum + Number(to - from), 0);
  if (counts.total === 0) return counts;

  const producer = createReliableProducer({ kafka, topic: settings.topic, mostBytes: messageBytes });
  const consumer = kafka.consumer({
    groupId: list ? `${groupId}.list-${process.pid}-${Date.now()}` : groupId,
    allowAutoTopicCreation: false,
  });

  async function eachBatch({
    batch,
    resolveOffset,
    heartbeat,
    commitOffsetsIfNecessary,
  }: EachBatchPayload): Promise<void> {
    const { partition } = batch;
    const end = ends.get(partition)?.to ?? 0n;
    for (const letter of batch.messages) {
      if (BigInt(letter.offset) >= end) break;
      const headers = textHeaders(letter.headers);
      const reason = `${headers['org'] || '(no org)'}: ${headers['code']}: ${headers['reason']}`;
      counts.read += 1;
      counts.reasons.set(reason, (counts.reasons.get(reason) ?? 0) + 1);
      if (!list) {
        if (org !== undefined && headers['org'] !== org) counts.left += 1;
        else {
          await producer.send([openLetter(letter, key)]);
          counts.replayed += 1;
        }
        const offset = String(BigInt(letter.offset) + 1n);
        await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
      }
      resolveOffset(letter.offset);
      await heartbeat();
      onProgress(counts);
    }
  }

  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumeTo(consumer, eachBatch, () => counts.read >= counts.total);
    return counts;
  } finally {
    await producer.stop();
    await consumer.disconnect().catch(() => undefined);
  }
}

/** Runs until `done`, or until a batch fails. */
async function consumeTo(
  consumer: Consumer,
  eachBatch: (payload: EachBatchPayload) => Promise<void>,
  done: () => boolean,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      reject(new CodedError('STORE_UNAVAILABLE', `Kafka fails (${payload.error.message}): run the replay again`));
    });
    consumer
      .run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async (payload) => {
          try {
            await eachBatch(payload);
            if (done()) resolve();
          } catch (error) {
            // A letter that does not open stays where it is, and so does all behind it.
            if (error instanceof CodedError) reject(error);
            throw error;
          }
        },
      })
      .catch(reject);
  });
}

/** Offsets of each partition that the group has not replayed: from the first to behind the last there is now. */
async function remaining(
  { kafka, settings }: KafkaConnection,
  groupId: string,
): Promise<Map<number, { from: bigint; to: bigint }>> {
  const topic = settings.deadLetterTopic;
  const admin = kafka.admin();
  try {
    await admin.connect();
    const ends = await admin.fetchTopicOffsets(topic);
    const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const done = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    return new Map(
      ends.map(({ partition, high, low }) => {
        const after = done.get(partition) ?? -1n;
        return [partition, { from: after > BigInt(low) ? after : BigInt(low), to: BigInt(high) }];
      }),
    );
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
