import { readFileSync } from 'node:fs';
import { CodedError } from '../../engine/core/errors.ts';
import type { Codec } from './export-message.ts';

/** The settings about Kafka, by their names in the config file. */
export interface KafkaConfig {
  readonly kafka_brokers: readonly string[];
  readonly kafka_topic: string;
  readonly kafka_group: string;
  readonly kafka_compression: Codec;
  readonly kafka_partitions: number;
  readonly kafka_replication: number;
  readonly kafka_retention_hours: number;
  readonly kafka_dead_letter_days: number;
  readonly kafka_message_bytes: number;
  readonly kafka_tls: boolean;
  readonly kafka_tls_ca?: string | undefined;
  readonly kafka_tls_cert?: string | undefined;
  readonly kafka_tls_key?: string | undefined;
  readonly kafka_sasl_mechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | undefined;
  readonly kafka_sasl_username?: string | undefined;
  readonly kafka_sasl_password?: string | undefined;
  readonly kafka_allow_plaintext: boolean;
}

export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly deadLetterTopic: string;
  readonly group: string;
  readonly compression: Codec;
  /** Of topics that are made; those that are there stay as they are. */
  readonly made: {
    readonly partitions: number;
    /** -1: the broker's own default. */
    readonly replication: number;
    readonly retentionMs: number;
    readonly deadLetterMs: number;
  };
  /** Most bytes of one message, key and headers included. */
  readonly messageBytes: number;
  readonly tls: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer } | undefined;
  readonly sasl:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: string;
      }
    | undefined;
}

/** Reads the files that the settings name. Undefined without brokers. Throws CONFIG_INVALID. */
export function kafkaSettings(config: KafkaConfig): KafkaSettings | undefined {
  if (config.kafka_brokers.length === 0) return undefined;
  const { kafka_sasl_mechanism: mechanism, kafka_sasl_username: username, kafka_sasl_password: password } = config;
  if ([mechanism, username, password].some(Boolean) && ![mechanism, username, password].every(Boolean)) {
    throw new CodedError(
      'CONFIG_INVALID',
      'kafka_sasl_mechanism, kafka_sasl_username and kafka_sasl_password go together; set all or none',
    );
  }
  if ((config.kafka_tls_cert === undefined) !== (config.kafka_tls_key === undefined)) {
    throw new CodedError('CONFIG_INVALID', 'kafka_tls_cert and kafka_tls_key go together; set both or neither');
  }
  const remote = config.kafka_brokers.find((broker) => !isLoopback(broker));
  if (remote !== undefined && !config.kafka_tls && !config.kafka_allow_plaintext) {
    throw new CodedError(
      'CONFIG_INVALID',
      `${remote} is on another machine and Kafka holds events as they came in, unredacted: set kafka_tls, or kafka_allow_plaintext where nobody can listen in`,
    );
  }
  return {
    brokers: config.kafka_brokers,
    topic: config.kafka_topic,
    deadLetterTopic: `${config.kafka_topic}.dead-letters`,
    group: config.kafka_group,
    compression: config.kafka_compression,
    made: {
      partitions: config.kafka_partitions,
      replication: config.kafka_replication,
      retentionMs: config.kafka_retention_hours * 3_600_000,
      deadLetterMs: config.kafka_dead_letter_days * 24 * 3_600_000,
    },
    messageBytes: config.kafka_message_bytes,
    tls: config.kafka_tls
      ? {
          ...file('ca', config.kafka_tls_ca),
          ...file('cert', config.kafka_tls_cert),
          ...file('key', config.kafka_tls_key),
        }
      : undefined,
    sasl: mechanism && username && password ? { mechanism, username, password } : undefined,
  };
}

function isLoopback(broker: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/.test(broker);
}

function file(name: 'ca' | 'cert' | 'key', path: string | undefined): Record<string, Buffer> {
  if (path === undefined) return {};
  try {
    return { [name]: readFileSync(path) };
  } catch (cause) {
    throw new CodedError(
      'CONFIG_INVALID',
      `kafka_tls_${name} ${path} can't be read (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    );
  }
}
