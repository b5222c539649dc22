import { Kafka, type LogEntry, logLevel, type SASLOptions } from 'kafkajs';
import { CodedError } from '../../engine/core/errors.ts';
import { MESSAGE_OVERHEAD } from './export-message.ts';
import type { KafkaSettings } from './kafka-settings.ts';

/** A Kafka that answered, with its topics in place. */
export interface KafkaConnection {
  readonly kafka: Kafka;
  readonly settings: KafkaSettings;
  /** Most bytes of one send, by the settings and what the topic takes. */
  readonly messageBytes: number;
}

export interface KafkaLog {
  warn(details: object, message: string): void;
}

/** Kafka's own names of a topic's settings. */
const MOST_MESSAGE = 'max.message.bytes';
/** Dead letters are sealed and say why they are ones. */
const LETTER_OVERHEAD = 4_096;
/** DescribeConfigs' number for topics. */
const TOPIC = 2;

/** Connects and makes sure of the topics. Throws STORE_UNAVAILABLE when no broker answers, CONFIG_INVALID when the topics can't be made. */
export async function connectKafka(settings: KafkaSettings, log: KafkaLog): Promise<KafkaConnection> {
  const kafka = new Kafka({
    clientId: 'spanwarden',
    brokers: [...settings.brokers],
    connectionTimeout: 5_000,
    authenticationTimeout: 10_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 4 },
    ...(settings.tls && { ssl: { ...settings.tls, minVersion: 'TLSv1.2' } }),
    ...(settings.sasl && { sasl: settings.sasl as SASLOptions }),
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => tell(log, entry),
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const there = await admin.listTopics();
    const missing = [settings.topic, settings.deadLetterTopic].filter((topic) => !there.includes(topic));
    if (missing.length > 0) {
      await admin
        .createTopics({ waitForLeaders: true, topics: missing.map((topic) => newTopic(topic, settings)) })
        .catch((cause: Error) => {
          throw new CodedError(
            'CONFIG_INVALID',
            `the topics ${missing.join(' and ')} are not there and can't be made (${cause.message})`,
            { cause },
          );
        });
    }
    const limits = await Promise.all([
      mostMessageBytes(admin, settings.topic),
      mostMessageBytes(admin, settings.deadLetterTopic).then((bytes) => bytes - LETTER_OVERHEAD),
    ]);
    return { kafka, settings, messageBytes: Math.min(settings.messageBytes, ...limits) };
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError(
      'STORE_UNAVAILABLE',
      `Kafka at ${settings.brokers.join(', ')} does not answer (${(cause as Error).message}): start it, or mend SPANWARDEN_KAFKA_BROKERS`,
      { cause },
    );
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

function newTopic(topic: string, { made, messageBytes, deadLetterTopic }: KafkaSettings) {
  const letters = topic === deadLetterTopic;
  return {
    topic,
    numPartitions: letters ? 1 : made.partitions,
    replicationFactor: made.replication,
    configEntries: [
      { name: 'cleanup.policy', value: 'delete' },
      { name: 'retention.ms', value: String(letters ? made.deadLetterMs : made.retentionMs) },
      { name: MOST_MESSAGE, value: String(messageBytes + (letters ? 2 : 1) * LETTER_OVERHEAD) },
    ],
  };
}

/** What the topic takes, less what surrounds a message. A broker that does not tell is taken to have Kafka's own default. */
async function mostMessageBytes(admin: ReturnType<Kafka['admin']>, topic: string): Promise<number> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: TOPIC, name: topic, configNames: [MOST_MESSAGE] }],
  });
  const told = Number(resources[0]?.configEntries[0]?.configValue);
  return (told > 0 ? told : 1_048_588) - 2 * MESSAGE_OVERHEAD;
}

/** kafkajs tells of every retry as an error. Its own words hold no content. */
function tell(log: KafkaLog, { log: entry, namespace }: LogEntry): void {
  log.warn({ kafka: namespace, error: typeof entry['error'] === 'string' ? entry['error'] : undefined }, entry.message);
}
