import { z } from 'zod';
import { flag, list, text } from './setting-forms.ts';

/** Kafka between receivers and what stores. */
export const kafkaSection = {
  kafka_brokers: list
    .default([])
    .describe(
      'Brokers, host:port; receivers then write to Kafka and workers store from there; straight to the store when unset',
    ),
  kafka_topic: z
    .string()
    .regex(/^[\w.-]{1,200}$/, 'letters, digits, dots, dashes and underscores')
    .default('spanwarden.otlp')
    .describe('Topic of requests; its dead letters go to the topic <kafka_topic>.dead-letters'),
  kafka_group: text.max(200).default('spanwarden').describe('Consumer group of the workers'),
  kafka_compression: z.enum(['zstd', 'gzip', 'none']).default('zstd').describe('How requests are compressed'),
  kafka_partitions: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(12)
    .describe('Partitions of the topic when it is made: at most as many workers share the load'),
  kafka_replication: z.coerce
    .number()
    .int()
    .min(-1)
    .max(100)
    .default(-1)
    .describe("Replicas of the topics when they are made; -1 is the broker's default"),
  kafka_retention_hours: z.coerce
    .number()
    .min(1)
    .max(10_000)
    .default(24)
    .describe('How long the topic keeps requests, when it is made; they are unredacted there'),
  kafka_dead_letter_days: z.coerce
    .number()
    .min(1)
    .max(400)
    .default(7)
    .describe('How long dead letters are kept, when their topic is made'),
  kafka_message_bytes: z.coerce
    .number()
    .int()
    .min(65_536)
    .max(64 * 1024 * 1024)
    .default(8 * 1024 * 1024)
    .describe('Largest message; what the topic allows when that is less'),
  kafka_tls: flag.default(false).describe('TLS to the brokers'),
  kafka_tls_ca: text.optional().describe("PEM file with the authorities of the brokers' certificates"),
  kafka_tls_cert: text.optional().describe('PEM file with the certificate for the brokers'),
  kafka_tls_key: text.optional().describe('PEM file with its private key'),
  kafka_sasl_mechanism: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('How to authenticate to the brokers'),
  kafka_sasl_username: text.optional(),
  kafka_sasl_password: text.optional(),
  kafka_allow_plaintext: flag
    .default(false)
    .describe('Brokers on other machines without TLS; without it only loopback may be unencrypted'),
};
