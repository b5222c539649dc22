import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../../engine/config/read-settings.ts';
import { kafkaSettings } from '../../../../ingest/kafka/kafka-settings.ts';

const read = (settings: Record<string, unknown>) => kafkaSettings(readSettings({ env: {}, overrides: settings }));

describe('the settings of Kafka', () => {
  it('are none without brokers', () => expect(read({})).toBeUndefined());

  it('name topic, dead letters and brokers', () => {
    expect(read({ kafka_brokers: 'localhost:9092, 127.0.0.1:9093', kafka_topic: 'otlp' })).toMatchObject({
      brokers: ['localhost:9092', '127.0.0.1:9093'],
      topic: 'otlp',
      deadLetterTopic: 'otlp.dead-letters',
      compression: 'zstd',
      tls: undefined,
      sasl: undefined,
    });
  });

  it('let brokers elsewhere be unencrypted only when asked to', () => {
    const brokers = { kafka_brokers: 'localhost:9092,kafka.example:9092' };
    expect(() => read(brokers)).toThrow('kafka.example:9092 is on another machine');
    expect(read({ ...brokers, kafka_allow_plaintext: true })?.tls).toBeUndefined();
    expect(read({ ...brokers, kafka_tls: true })?.tls).toEqual({});
  });

  it.each([
    [{ kafka_sasl_mechanism: 'plain' }, 'go together; set all or none'],
    [{ kafka_tls_cert: '/x' }, 'kafka_tls_cert and kafka_tls_key go together'],
    [{ kafka_tls: true, kafka_tls_ca: '/nowhere' }, "kafka_tls_ca /nowhere can't be read (ENOENT)"],
    [{ kafka_topic: 'a/b' }, 'letters, digits, dots, dashes and underscores'],
    [{ kafka_compression: 'lz4' }, 'kafka_compression (SPANWARDEN_KAFKA_COMPRESSION)'],
  ])('refuse %j', (settings, message) => {
    expect(() => read({ kafka_brokers: 'localhost:9092', ...settings })).toThrow(message);
  });
});
