import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { CodedError } from './core/errors.ts';

const port = z.coerce.number().int().min(0).max(65_535);
/** Environment variables are text; an unset or empty one is absent. */
const flag = z.union([
  z.boolean(),
  z.enum(['1', '0', 'true', 'false']).transform((text) => text === '1' || text === 'true'),
]);
const list = z.union([
  z.array(z.string().min(1)),
  z.string().transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ),
]);

/**
 * Every setting, by its name in the config file; the environment variable is SPANWARDEN_ and the name in upper case, and wins.
 * Strict: an unknown name stops the start.
 */
const settingsSchema = z.strictObject({
  data: z.string().min(1).default('./data').describe('Folder for everything that is stored'),
  host: z.string().min(1).default('127.0.0.1').describe('Address that the API and the receivers listen on'),
  port: port.default(8080).describe('Port of the API and the web pages; 0 takes a free one'),
  otlp_port: port.default(4318).describe('Port of OTLP over HTTP; 0 takes a free one'),
  otlp_grpc_port: port.default(4317).describe('Port of OTLP over gRPC; not listened on yet'),
  clickhouse_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('ClickHouse server; the embedded engine when unset'),
  rules: list.default([]).describe('Folders with rules of your own'),
  session_idle_seconds: z.coerce
    .number()
    .int()
    .min(1)
    .default(600)
    .describe('A session without spans for this long is over; no part reads it yet'),
  canary_minutes: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_440)
    .default(60)
    .describe('A session that must set off a rule is sent this often; 0 sends none'),
  trufflehog: z.string().min(1).optional().describe('Path of a TruffleHog binary: a second look at all that is stored'),
  trufflehog_required: flag.default(false).describe('Store nothing that TruffleHog has not looked at'),
  secretlint: flag.default(false).describe('A second look by secretlint at all that is stored'),
  agent_state: z
    .string()
    .min(1)
    .optional()
    .describe("Spool folder of the client on a developer's machine; no part reads it yet"),
  llm_provider: z.literal('extractive').default('extractive').describe('No other provider is built yet'),
  log_level: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  at_rest_key_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File with the keys under which all that is stored is encrypted, 64 hex digits a line, the current one first',
    ),
  at_rest_key_command: z.string().min(1).optional().describe('Shell command that prints the same'),
  archive: z
    .enum(['folder', 'off'])
    .default('folder')
    .describe('Where orgs archive that chose nothing: a folder of this machine, or nowhere'),
  archive_folder: z.string().min(1).optional().describe('That folder; <data>/archive when unset'),
  archive_secret: z
    .string()
    .min(1)
    .optional()
    .describe('Secret of the access key that `archive set` hands over; best as a variable'),
  archive_ca: z.string().min(1).optional().describe('PEM file with the authorities of S3-compatible stores'),
  master_key: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, '64 hex digits')
    .optional()
    .describe('Key from which the keys of all orgs are derived; <data>/master.key when unset'),
  tls_cert: z.string().min(1).optional().describe('PEM file with the certificate chain of all listeners'),
  tls_key: z.string().min(1).optional().describe('PEM file with the private key of all listeners'),
  tls_client_ca: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file with the authorities of client certificates; clients need none when unset'),
  tls_client_auth: z
    .enum(['otlp', 'all'])
    .default('otlp')
    .describe('Who needs a client certificate: senders of spans, or users of the API and the pages as well'),
  clickhouse_ca: z
    .string()
    .min(1)
    .optional()
    .describe("PEM file with the authorities of the ClickHouse server's certificate"),
  clickhouse_cert: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file with the certificate shown to the ClickHouse server'),
  clickhouse_key: z.string().min(1).optional().describe('PEM file with its private key'),
  behind_tls_proxy: flag
    .default(false)
    .describe('A proxy in front ends TLS; without it only loopback may be unencrypted'),
  allow_private_destinations: flag.default(false).describe('Let alerts go to private and loopback addresses'),
  public_url: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/{1,5}$/, ''))
    .optional()
    .describe('Address under which people reach the web pages, for links in messages'),
  api: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Server that commands like sql and tokens talk to; the one on this machine when unset'),
  token: z
    .string()
    .min(1)
    .optional()
    .describe('Token under which they talk to it; the admin token in <data>/credentials.json when unset'),
});

export type Config = z.infer<typeof settingsSchema>;

const PREFIX = 'SPANWARDEN_';

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of a YAML file. */
  readonly file?: string | undefined;
  /** Settings given on the command line; they win over everything. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** Reads the settings. Throws CONFIG_INVALID with one line that names the setting and how to mend it. */
export function readSettings({ env, file, overrides = {} }: ConfigSources): Config {
  const given: Record<string, unknown> = { ...readFile(file), ...fromEnvironment(env), ...defined(overrides) };
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) throw new CodedError('CONFIG_INVALID', parsed.error.issues.map(explain).join('; '));
  return parsed.data;
}

/** The same for a process that listens: what others can reach must be encrypted. */
export function readConfig(sources: ConfigSources): Config {
  const config = readSettings(sources);
  if ((config.tls_cert === undefined) !== (config.tls_key === undefined)) {
    throw new CodedError('CONFIG_INVALID', 'tls_cert and tls_key go together; set both or neither');
  }
  if (config.tls_client_ca !== undefined && config.tls_cert === undefined) {
    throw new CodedError(
      'CONFIG_INVALID',
      'tls_client_ca needs tls_cert and tls_key: without TLS nobody shows a certificate',
    );
  }
  if (!isLoopback(config.host) && config.tls_cert === undefined && !config.behind_tls_proxy) {
    throw new CodedError(
      'CONFIG_INVALID',
      `host ${config.host} is reachable from other machines: set tls_cert and tls_key, or --behind-tls-proxy when a proxy ends TLS`,
    );
  }
  return config;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** JSON Schema of the config file, for editors. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' });
}

function readFile(file: string | undefined): Record<string, unknown> {
  if (file === undefined) return {};
  if (!existsSync(file))
    throw new CodedError('CONFIG_INVALID', `config file ${file} does not exist; name one with --config`);
  try {
    return (parse(readFileSync(file, 'utf8')) as Record<string, unknown> | null) ?? {};
  } catch (error) {
    throw new CodedError(
      'CONFIG_INVALID',
      `config file ${file} is not valid YAML: ${(error as Error).message.split('\n')[0]}`,
    );
  }
}

function fromEnvironment(env: ConfigSources['env']): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(env)
      .filter(([name, value]) => name.startsWith(PREFIX) && value !== undefined && value !== '')
      .map(([name, value]) => [name.slice(PREFIX.length).toLowerCase(), value]),
  );
}

function defined(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(settingsSchema.shape).join(', ');
    return `unknown setting ${issue.keys.map((key) => `${key} (${PREFIX}${key.toUpperCase()})`).join(', ')}; known are ${known}`;
  }
  const name = issue.path.join('.');
  return `${name} (${PREFIX}${name.toUpperCase()}): ${issue.message}`;
}
