import { atRestKeys } from '../engine/at-rest-keys.ts';
import { readSettings } from '../engine/config/read-settings.ts';
import { CodedError } from '../engine/core/errors.ts';
import { masterKey } from '../engine/master-key.ts';
import { connectKafka } from '../ingest/kafka/connect-kafka.ts';
import { kafkaSettings } from '../ingest/kafka/kafka-settings.ts';
import { replayDeadLetters } from '../ingest/kafka/replay-dead-letters.ts';
import { progressBar } from '../ingest/progress-bar.ts';
import { printLine } from './print-line.ts';

export interface ReplayLettersOptions {
  readonly list?: boolean;
  readonly org?: string;
  readonly data?: string;
  readonly config?: string;
}

/** Sends dead letters of Kafka mode to the workers again, or only says what is there, and prints the counts. */
export async function replayLetters({ list, org, data, config: file }: ReplayLettersOptions): Promise<void> {
  const config = readSettings({ env: process.env, file, overrides: { data } });
  const settings = kafkaSettings(config);
  if (settings === undefined) throw new CodedError('USAGE', 'dead letters are in Kafka: set SPANWARDEN_KAFKA_BROKERS');
  const keyFor = masterKey(config.data, config.master_key, atRestKeys(config));
  const bar = progressBar('replay', 'letters', process.stderr);
  const counts = await replayDeadLetters({
    connection: await connectKafka(settings, { warn: () => undefined }),
    key: (slug) => keyFor(slug, 'dead-letters'),
    org,
    list: list === true,
    onProgress: ({ read, total }) => bar.show(read, total, ''),
  }).finally(bar.stop);
  for (const [reason, times] of counts.reasons) printLine(`${times} times: ${reason}`);
  printLine(`${counts.read} dead letters, ${counts.replayed} replayed, ${counts.read - counts.replayed} left`);
}
