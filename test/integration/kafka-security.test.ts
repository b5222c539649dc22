import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSettings } from '../../engine/config/read-settings.ts';
import { connectKafka } from '../../ingest/kafka/connect-kafka.ts';
import { packMessage } from '../../ingest/kafka/export-message.ts';
import { kafkaSettings } from '../../ingest/kafka/kafka-settings.ts';
import { createReliableProducer } from '../../ingest/kafka/reliable-producer.ts';
import { type CuttingProxy, startCuttingProxy } from '../kafka/cutting-proxy.ts';
import { describeWithKafka } from '../kafka/describe-with-kafka.ts';
import { type KafkaBroker, startBroker } from '../kafka/kafka-broker.ts';
import { temporaryFolder, until } from '../running-server.ts';
import { selfSigned } from '../unit/ingest/otlp/self-signed.ts';

const LOG = { warn: () => undefined };

await describeWithKafka('a broker behind TLS and SASL', 240_000, () => {
  const folder = temporaryFolder();
  const ca = join(folder, 'ca.crt');
  let broker: KafkaBroker;
  let proxy: CuttingProxy;

  beforeAll(async () => {
    const { cert, key } = selfSigned();
    writeFileSync(ca, cert);
    const keystore = join(folder, 'broker.pem');
    writeFileSync(keystore, Buffer.concat([key, cert]), { mode: 0o600 });
    const users = 'user_spanwarden="right"';
    proxy = await startCuttingProxy();
    broker = await startBroker({
      security: 'SASL_SSL',
      host: 'localhost',
      advertisedPort: proxy.port,
      properties: {
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': keystore,
        'ssl.enabled.protocols': 'TLSv1.2,TLSv1.3',
        'sasl.enabled.mechanisms': 'PLAIN',
        'listener.name.client.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required ${users};`,
        'log.segment.bytes': '16777216',
        'message.max.bytes': '300000',
      },
    });
    proxy.target(broker.port);
  }, 240_000);

  afterAll(async () => {
    proxy?.stop();
    await broker?.stop('SIGKILL');
  });

  const settings = (more: Record<string, unknown>) =>
    kafkaSettings(
      readSettings({
        env: {},
        overrides: {
          kafka_brokers: broker.address,
          kafka_tls: true,
          kafka_tls_ca: ca,
          kafka_sasl_mechanism: 'plain',
          kafka_sasl_username: 'spanwarden',
          kafka_sasl_password: 'right',
          ...more,
        },
      }),
    )!;

  it('takes messages from who has certificate and password', async () => {
    const connection = await connectKafka(settings({}), LOG);
    const { kafka, messageBytes } = connection;
    expect(messageBytes).toBeGreaterThan(8_000_000);
    const producer = createReliableProducer({ kafka, topic: connection.settings.topic, mostBytes: messageBytes });
    const body = Buffer.from('{}');
    await producer.send([
      await packMessage({ org: 'a', signal: 'traces', encoding: 'json', traceId: '1', items: 0, body }, 'zstd'),
    ]);
    await producer.stop();
  });

  it.each([
    ['a wrong password', { kafka_sasl_password: 'wrong' }],
    ['an authority that it does not know', { kafka_tls_ca: undefined }],
    ['no TLS', { kafka_tls: false, kafka_allow_plaintext: true }],
  ])('does not answer to %s, which is told in one line', async (_, more) => {
    const refused = connectKafka(settings(more), LOG);
    await expect(refused).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(
        /^Kafka at localhost:\d+ does not answer \(.*\): start it, or mend SPANWARDEN_KAFKA_BROKERS$/,
      ),
    });
  });

  it('has every message that a producer was told is committed, once, though answers get lost', async () => {
    const { kafka } = await connectKafka(settings({ kafka_topic: 'cut' }), LOG);
    const producer = createReliableProducer({ kafka, topic: 'cut', mostBytes: 1_000_000 });
    const committed: string[] = [];
    for (let round = 0; round < 8; round++) {
      proxy.cutNextAnswer();
      await Promise.all(
        ['a', 'b', 'c'].map(async (name) => {
          const id = `${round}${name}`;
          const message = { key: Buffer.from(id), value: randomBytes(20_000), headers: {} };
          await producer.send([message]).then(
            () => committed.push(id),
            () => undefined,
          );
        }),
      );
    }
    await producer.stop();
    expect(proxy.cuts()).toBeGreaterThan(0);
    expect(committed.length).toBeGreaterThan(0);

    const stored: string[] = [];
    const consumer = kafka.consumer({ groupId: 'reader of what was cut' });
    await consumer.connect();
    await consumer.subscribe({ topic: 'cut', fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void stored.push(String(message.key)) });
    await until(async () => committed.every((id) => stored.includes(id)), 60_000, 'every message that was committed');
    await consumer.disconnect();
    expect(new Set(stored).size).toBe(stored.length);
  });
});
