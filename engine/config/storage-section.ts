import { z } from 'zod';
import { text, webAddress } from './setting-forms.ts';

/** Where everything is kept, and under which keys. */
export const storageSection = {
  data: text.default('./data').describe('Folder for everything that is stored'),
  clickhouse_url: webAddress.optional().describe('ClickHouse server; the embedded engine when unset'),
  clickhouse_cluster: z
    .string()
    .regex(/^\w{1,64}$/, 'letters, digits and _')
    .optional()
    .describe('Cluster of that server: tables are replicated and spread over its nodes'),
  clickhouse_ca: text.optional().describe("PEM file with the authorities of the ClickHouse server's certificate"),
  clickhouse_cert: text.optional().describe('PEM file with the certificate shown to the ClickHouse server'),
  clickhouse_key: text.optional().describe('PEM file with its private key'),
  master_key: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, '64 hex digits')
    .optional()
    .describe('Key from which the keys of all orgs are derived; <data>/master.key when unset'),
  at_rest_key_file: text
    .optional()
    .describe(
      'File with the keys under which all that is stored is encrypted, 64 hex digits a line, the current one first',
    ),
  at_rest_key_command: text.optional().describe('Shell command that prints the same'),
  archive: z
    .enum(['folder', 'off'])
    .default('folder')
    .describe('Where orgs archive that chose nothing: a folder of this machine, or nowhere'),
  archive_folder: text.optional().describe('That folder; <data>/archive when unset'),
  archive_secret: text
    .optional()
    .describe('Secret of the access key that `archive set` hands over; best as a variable'),
  archive_ca: text.optional().describe('PEM file with the authorities of S3-compatible stores'),
};
