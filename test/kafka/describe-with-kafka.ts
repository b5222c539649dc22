import { describe, it } from 'vitest';
import { whyNoKafka } from './kafka-broker.ts';

/** Tests that need a Kafka. Where there is none they are skipped, loudly; with TEST_KAFKA=required they fail. `timeout` is for one test. */
export async function describeWithKafka(name: string, timeout: number, tests: () => void): Promise<void> {
  const missing = await whyNoKafka();
  if (missing === undefined) return void describe(name, { timeout }, tests);
  process.stderr.write(`\n*** NOT TESTED: ${name}\n*** There is no Kafka here: ${missing}\n`);
  it.skip(`${name} (no Kafka: ${missing})`, () => undefined);
}
