import { setTimeout as wait } from 'node:timers/promises';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import type { KafkaConnection, KafkaLog } from './connect-kafka.ts';
import { deadLetter, type LetterKey } from './dead-letter.ts';
import type { WorkMetrics } from './kafka-metrics.ts';
import { createReliableProducer } from './reliable-producer.ts';
import {
  createStoreMessages,
  type QueuedMessage,
  type StoreMessagesOptions,
  type WaitForStore,
} from './store-messages.ts';

export interface KafkaWorkerOptions extends Omit<StoreMessagesOptions, 'bury'> {
  readonly connection: KafkaConnection;
  readonly letterKey: LetterKey;
  readonly now: Clock;
  readonly metrics: WorkMetrics;
  readonly log: KafkaLog;
}

export interface KafkaWorker {
  /** Resolves when what was fetched is stored and committed; takes nothing more. */
  stop(): Promise<void>;
}

/** Beyond it the group takes a worker for dead. Heartbeats go on while a batch is stored, however long that takes. */
const SESSION_MS = 12_000;
const HEARTBEAT_MS = 2_000;
/** How long the group waits for members to come back when partitions are given out anew: longer than storing a batch takes. */
const REBALANCE_MS = 60_000;
const LOOK_MS = 1_000;
/** Partitions whose batches are stored side by side. */
const SIDE_BY_SIDE = 4;
/** Compressed bytes of one fetch, of which each partition fills a part; they are in memory at once, unpacked and as rows. */
const FETCH_BYTES = 8 * 1024 * 1024;
const PARTITION_BYTES = 2 * 1024 * 1024;
/** A fetch waits for this much, and not for long: few large inserts under load, a short wait when idle. */
const FETCH_LEAST_BYTES = 32 * 1024;
const FETCH_WAIT_MS = 250;
const BACK_AFTER_MS = 2_000;
/** Longest pause between two tries to store a batch. */
const LONGEST_PAUSE_MS = 5_000;
/** How long a stop waits for a Kafka that may be gone itself. */
const LEAVE_MS = 20_000;

/**
 * The working end of Kafka mode: a member of the consumer group that stores what it is given and commits offsets only when the rows are
 * stored. While the store is away it holds what it has, fetches nothing more and stays in the group. Begins at once.
 */
export function createKafkaWorker({
  connection,
  letterKey,
  now,
  metrics,
  log,
  ...options
}: KafkaWorkerOptions): KafkaWorker {
  const { kafka, settings, messageBytes } = connection;
  const { topic } = settings;
  const letters = createReliableProducer({ kafka, topic: settings.deadLetterTopic, mostBytes: messageBytes });
  let consumer: Consumer | undefined;
  let stopping = false;

  /** One batch of one partition. */
  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, commitOffsetsIfNecessary, resolveOffset, isRunning, isStale } = payload;
    if (!isRunning() || isStale() || batch.messages.length === 0) return;
    const started = performance.now();
    const membership = keepMembership(payload.heartbeat);
    const { partition } = batch;
    const store = createStoreMessages({
      ...options,
      bury: (message, error) => bury(message, partition, error, membership.hold),
    });
    try {
      const spans = await store(batch.messages, `${topic}/${partition}`, membership.hold);
      membership.check();
      const last = batch.lastOffset();
      await commitOffsetsIfNecessary({
        topics: [{ topic, partitions: [{ partition, offset: String(BigInt(last) + 1n) }] }],
      });
      resolveOffset(last);
      metrics.messages.inc(batch.messages.length);
      metrics.bytes.inc(batch.messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0));
      metrics.spans.inc(spans);
      metrics.seconds.observe((performance.now() - started) / 1_000);
    } finally {
      membership.end();
    }
  }

  /** Resolves when the letter is safe: its offset must not be committed before. */
  async function bury(message: QueuedMessage, partition: number, error: CodedError, hold: WaitForStore): Promise<void> {
    const letter = deadLetter(message, { topic, partition, offset: message.offset }, error, letterKey, now());
    for (let attempt = 0; ; attempt++) {
      try {
        await letters.send([letter]);
        break;
      } catch (failure) {
        await hold(attempt, failure);
      }
    }
    metrics.deadLetters.inc({ code: error.code });
    log.warn(
      { partition, offset: message.offset, code: error.code, reason: error.message },
      'a message went to the dead letters',
    );
  }

  /** Keeps the group convinced while a batch is being stored, and notices when the partition is no longer ours. */
  function keepMembership(heartbeat: () => Promise<void>) {
    let lost: unknown;
    const beats = setInterval(() => {
      heartbeat().catch((error: unknown) => {
        lost ??= error;
      });
    }, LOOK_MS);
    const check = (): void => {
      if (lost !== undefined) throw lost;
    };
    const hold: WaitForStore = async (attempt, error) => {
      if (attempt === 0) log.warn({ reason: reasonOf(error) }, 'a batch waits for the store');
      const until = performance.now() + Math.min(LONGEST_PAUSE_MS, 250 * 2 ** Math.min(attempt, 5));
      metrics.paused.inc();
      try {
        do {
          check();
          if (stopping) throw new CodedError('SHUTTING_DOWN', 'the worker stops before the store is back');
          await wait(100);
        } while (performance.now() < until);
      } finally {
        metrics.paused.dec();
      }
    };
    return { check, hold, end: () => clearInterval(beats) };
  }

  async function run(): Promise<void> {
    while (!stopping) {
      const member = kafka.consumer({
        groupId: settings.group,
        sessionTimeout: SESSION_MS,
        heartbeatInterval: HEARTBEAT_MS,
        rebalanceTimeout: REBALANCE_MS,
        maxBytes: FETCH_BYTES,
        maxBytesPerPartition: PARTITION_BYTES,
        minBytes: FETCH_LEAST_BYTES,
        maxWaitTimeInMs: FETCH_WAIT_MS,
        allowAutoTopicCreation: false,
        retry: { initialRetryTime: 200, maxRetryTime: 3_000, retries: 8 },
      });
      consumer = member;
      const ended = new Promise<void>((resolve) => {
        member.on(member.events.GROUP_JOIN, () => metrics.rebalances.inc());
        member.on(member.events.CRASH, ({ payload }) => {
          if (!payload.restart) resolve();
        });
        member.on(member.events.STOP, () => {
          if (stopping) resolve();
        });
      });
      try {
        await member.connect();
        await member.subscribe({ topic, fromBeginning: true });
        await member.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: SIDE_BY_SIDE,
          eachBatch,
        });
        await ended;
      } catch (error) {
        if (!stopping) log.warn({ reason: reasonOf(error) }, 'the worker could not join its group and tries again');
      }
      if (stopping) return;
      await member.disconnect().catch(() => undefined);
      await wait(BACK_AFTER_MS);
    }
  }

  const running = run();
  return {
    async stop() {
      stopping = true;
      const gone = Promise.all([consumer?.disconnect().catch(() => undefined), running]);
      await Promise.race([gone, wait(LEAVE_MS, undefined, { ref: false })]);
      await letters.stop();
    },
  };
}

/** kafkajs's own words and ours hold no content. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}
