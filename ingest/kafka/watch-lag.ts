import type { Admin, Kafka } from 'kafkajs';
import type { KafkaSettings } from './kafka-settings.ts';

const EVERY_MS = 5_000;

/** Asks Kafka now and then how far the group is behind. `lag` has messages by partition; it is empty while Kafka does not answer. */
export function watchLag(kafka: Kafka, { topic, group }: KafkaSettings) {
  let lag: ReadonlyMap<number, number> = new Map();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let admin: Admin | undefined;

  async function ask(): Promise<ReadonlyMap<number, number>> {
    if (admin === undefined) {
      const fresh = kafka.admin();
      await fresh.connect();
      admin = fresh;
    }
    const [ends, [committed]] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      admin.fetchOffsets({ groupId: group, topics: [topic] }),
    ]);
    const done = new Map(committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    return new Map(
      ends.map(({ partition, high, low }) => {
        const offset = done.get(partition) ?? -1n;
        const from = offset > BigInt(low) ? offset : BigInt(low);
        return [partition, Number(BigInt(high) - from)];
      }),
    );
  }

  async function look(): Promise<void> {
    try {
      lag = await ask();
    } catch {
      lag = new Map();
      void admin?.disconnect().catch(() => undefined);
      admin = undefined;
    }
    if (!stopped) timer = setTimeout(() => void look(), EVERY_MS).unref();
  }

  void look();
  return {
    lag: () => lag,
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      await admin?.disconnect().catch(() => undefined);
    },
  };
}
