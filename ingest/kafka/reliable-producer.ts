import { type Kafka, Partitioners, type Producer } from 'kafkajs';
import { CodedError } from '../../engine/core/errors.ts';
import { MESSAGE_OVERHEAD, type PackedMessage } from './export-message.ts';

export interface ReliableProducer {
  /** Resolves when all messages are committed by all in-sync replicas. Throws STORE_UNAVAILABLE; then some of them may be. */
  send(messages: readonly PackedMessage[]): Promise<void>;
  /** Resolves when all that is under way is committed or refused. */
  stop(): Promise<void>;
}

export interface ReliableProducerOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  /** Bytes of one send: a partition's part of it is one record batch, and the topic limits those. */
  readonly mostBytes: number;
  /** Hears of every send: messages, bytes, seconds; `failed` when it was not committed. */
  readonly observe?: (sent: { messages: number; bytes: number; seconds: number; failed: boolean }) => void;
}

interface Waiting {
  readonly message: PackedMessage;
  readonly done: (error?: CodedError) => void;
}

/** Beyond this a send has failed, whatever the client still tries: exporters give up on an answer after ten seconds. */
const DEADLINE_MS = 8_000;
/** After a failure nothing is tried for this long: senders are told at once instead of after a deadline. */
const AWAY_MS = 1_000;
const ALL_REPLICAS = -1;

/**
 * An idempotent producer that can be believed. kafkajs takes a batch's sequence numbers back when its request fails, though the broker may
 * have stored the batch: another batch sent under the same numbers would then be dropped as a duplicate and yet acknowledged. So there is one send at a time, and after a failure the producer is thrown away with its numbers. When a partition changes its leader
 * between two tries, kafkajs may leave its messages out and resolve: so every partition that was written to must be in the answer.
 */
export function createReliableProducer({
  kafka,
  topic,
  mostBytes,
  observe,
}: ReliableProducerOptions): ReliableProducer {
  let waiting: Waiting[] = [];
  let producer: Producer | undefined;
  let running: Promise<void> | undefined;
  let awayUntil = 0;
  const written = new Set<number>();

  async function connected(): Promise<Producer> {
    if (producer !== undefined) return producer;
    const place = Partitioners.DefaultPartitioner();
    const fresh = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 3 },
      createPartitioner: () => (args) => {
        const partition = place(args);
        written.add(partition);
        return partition;
      },
    });
    producer = fresh;
    await fresh.connect();
    return fresh;
  }

  async function commit(messages: readonly PackedMessage[]): Promise<void> {
    written.clear();
    const sent = await (await connected()).send({
      topic,
      acks: ALL_REPLICAS,
      timeout: 7_000,
      messages: messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
    });
    const answered = new Set(sent.filter(({ errorCode }) => errorCode === 0).map(({ partition }) => partition));
    for (const partition of written)
      if (!answered.has(partition)) throw new Error(`partition ${partition} has not answered`);
  }

  async function pump(): Promise<void> {
    while (waiting.length > 0) {
      const group = takeGroup(waiting, mostBytes);
      const bytes = group.reduce((sum, { message }) => sum + sizeOf(message), 0);
      const started = performance.now();
      let failure: CodedError | undefined;
      try {
        await within(DEADLINE_MS, commit(group.map(({ message }) => message)));
      } catch (cause) {
        failure = new CodedError('STORE_UNAVAILABLE', 'Kafka has not committed the batch: send it again later', {
          cause,
        });
        void producer?.disconnect().catch(() => undefined);
        producer = undefined;
        awayUntil = performance.now() + AWAY_MS;
      }
      const seconds = (performance.now() - started) / 1_000;
      observe?.({ messages: group.length, bytes, seconds, failed: failure !== undefined });
      for (const { done } of group) done(failure);
      if (failure !== undefined) {
        // They would each wait for a deadline of their own.
        for (const { done } of waiting) done(failure);
        waiting = [];
      }
    }
  }

  return {
    async send(messages) {
      if (performance.now() < awayUntil)
        throw new CodedError('STORE_UNAVAILABLE', 'Kafka does not answer: send the batch again later');
      const settled = messages.map(
        (message) =>
          new Promise<void>((resolve, reject) => {
            waiting.push({ message, done: (error) => (error === undefined ? resolve() : reject(error)) });
          }),
      );
      running ??= pump().finally(() => {
        running = undefined;
      });
      for (const outcome of await Promise.allSettled(settled)) if (outcome.status === 'rejected') throw outcome.reason;
    },
    async stop() {
      while (running !== undefined) await running;
      await producer?.disconnect().catch(() => undefined);
    },
  };
}

export function sizeOf({ key, value }: PackedMessage): number {
  return key.length + value.length + MESSAGE_OVERHEAD;
}

function takeGroup(waiting: Waiting[], mostBytes: number): Waiting[] {
  let bytes = 0;
  let count = 0;
  while (count < waiting.length && (count === 0 || bytes + sizeOf(waiting[count]!.message) <= mostBytes)) {
    bytes += sizeOf(waiting[count]!.message);
    count += 1;
  }
  return waiting.splice(0, count);
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
