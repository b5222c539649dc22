import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { CodedError } from './core/errors.ts';
import { lackOf } from './summaries/providers/lack-of.ts';
import { PROVIDERS, type ProviderSettings } from './summaries/providers/model-provider.ts';

const port = z.coerce.number().int().min(0).max(65_535);
/** Environment variables are text; an unset or empty one is absent. */
const flag = z.union([
  z.boolean(),
  z.enum(['1', '0', 'true', 'false']).transform((text) => text === '1' || text === 'true'),
]);
const atLeast = (least: number) => z.coerce.number().int().min(least).max(1_000_000_000_000);
const amount = z.coerce.number().min(0).max(1_000_000);
/** `group=role,group=org:role` in a variable. */
const groupRoles = z.union([
  z.record(
    z.string().min(1),
    z.string().regex(/^(?:[a-z][a-z0-9_]{0,39}:)?(?:admin|security|analyst|manager|developer)$/, 'a role, or org:role'),
  ),
  z.string().transform((text, context): Record<string, string> => {
    const pairs = text
      .split(',')
      .map((pair) =>
        pair.trim().match(/^(.+)=((?:[a-z][a-z0-9_]{0,39}:)?(?:admin|security|analyst|manager|developer))$/),
      );
    if (pairs.includes(null)) context.addIssue({ code: 'custom', message: 'group=role,group=org:role is wanted' });
    return Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1]!, pair[2]!]])));
  }),
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
  otlp_grpc_port: port
    .optional()
    .describe('Port of OTLP over gRPC; 0 takes a free one, as does leaving it out where otlp_port is 0; else 4317'),
  clickhouse_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('ClickHouse server; the embedded engine when unset'),
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
  kafka_group: z.string().min(1).max(200).default('spanwarden').describe('Consumer group of the workers'),
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
  kafka_tls_ca: z.string().min(1).optional().describe("PEM file with the authorities of the brokers' certificates"),
  kafka_tls_cert: z.string().min(1).optional().describe('PEM file with the certificate for the brokers'),
  kafka_tls_key: z.string().min(1).optional().describe('PEM file with its private key'),
  kafka_sasl_mechanism: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('How to authenticate to the brokers'),
  kafka_sasl_username: z.string().min(1).optional(),
  kafka_sasl_password: z.string().min(1).optional(),
  kafka_allow_plaintext: flag
    .default(false)
    .describe('Brokers on other machines without TLS; without it only loopback may be unencrypted'),
  forward_url: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/{1,5}$/, ''))
    .optional()
    .describe('OTLP/HTTP address of a central Spanwarden: ingest becomes a gateway, which redacts and forwards'),
  forward_token: z.string().min(1).optional().describe('Token of the role gateway that a gateway shows to the centre'),
  forward_senders_token: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Token that senders must show to a gateway; without it only loopback is listened on, and everybody may send',
    ),
  forward_org: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,39}$/, 'a lower-case letter, then letters, digits and _, 40 at most')
    .default('default')
    .describe('Org under whose key a gateway redacts'),
  forward_folder: z.string().min(1).optional().describe("A gateway's spool; <data>/forward when unset"),
  forward_spool_bytes: atLeast(1_048_576)
    .default(4_294_967_296)
    .describe('Bytes that a gateway keeps for the centre; senders are asked to come back beyond it'),
  forward_spool_hours: z.coerce
    .number()
    .min(1)
    .max(10_000)
    .default(168)
    .describe('A gateway that could not forward for this long takes nothing more until it can'),
  forward_ca: z.string().min(1).optional().describe("PEM file with the authorities of the centre's certificate"),
  clickhouse_cluster: z
    .string()
    .regex(/^\w{1,64}$/, 'letters, digits and _')
    .optional()
    .describe('Cluster of that server: tables are replicated and spread over its nodes'),
  rules: list.default([]).describe('Folders with rules of your own'),
  session_idle_seconds: z.coerce
    .number()
    .int()
    .min(1)
    .default(600)
    .describe('A session without spans for this long is over and is summarised'),
  api_requests_per_minute: z.coerce
    .number()
    .int()
    .min(1)
    .default(6_000)
    .describe('Requests to the API that one token may make a minute'),
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
    .describe("State folder of the client on a developer's machine, which reads the variable alone"),
  llm_provider: z
    .enum(PROVIDERS)
    .default('extractive')
    .describe('Who summarises sessions: no model, or a provider of language models'),
  llm_base_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Address of the provider's API, where it is not the provider's own"),
  llm_api_key: z.string().min(1).optional().describe('Key of the provider'),
  llm_model: z.string().min(1).max(200).optional().describe('Model that is asked; of Azure OpenAI the deployment'),
  llm_region: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .optional()
    .describe('AWS region of Bedrock'),
  llm_transcript_tokens: atLeast(500).default(8_000).describe('Tokens of a session that a model is shown, about'),
  llm_session_tokens: atLeast(0).default(200_000).describe('Tokens that one session or alert may cost'),
  llm_day_tokens: atLeast(0).default(5_000_000).describe('Tokens that an org may spend in a day (UTC)'),
  llm_month_tokens: atLeast(0).default(100_000_000).describe('Tokens that an org may spend in a month'),
  llm_session_usd: amount.default(0).describe('Dollars that one session or alert may cost; 0 is no limit'),
  llm_day_usd: amount.default(0).describe('Dollars that an org may spend in a day; 0 is no limit'),
  llm_month_usd: amount.default(0).describe('Dollars that an org may spend in a month; 0 is no limit'),
  llm_input_usd_per_million: amount.default(0).describe('Price of a million input tokens; limits in dollars need it'),
  llm_output_usd_per_million: amount.default(0).describe('Price of a million output tokens'),
  llm_concurrency: atLeast(1).default(4).describe('Calls of an org at the same time'),
  llm_calls_per_minute: atLeast(1).default(120).describe('Calls of an org in a minute'),
  llm_personal_data_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'OpenAI-compatible server with a model of your own that tags personal data before anything goes to a provider',
    ),
  llm_personal_data_model: z.string().min(1).max(200).optional().describe('Model there'),
  llm_personal_data_key: z.string().min(1).optional().describe('Its key, if it wants one'),
  llm_timeout_seconds: atLeast(1).default(60).describe('A call that takes longer is given up'),
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
  oidc_issuer: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Identity provider for single sign-on, as its discovery document names it'),
  oidc_client_id: z.string().min(1).optional().describe('How the identity provider knows this server'),
  oidc_client_secret: z.string().min(1).optional().describe('Its secret; none for a public client'),
  oidc_scopes: z.string().min(1).default('openid email profile').describe('What is asked of the identity provider'),
  oidc_groups_claim: z.string().min(1).default('groups').describe('Claim with the groups; dots lead into objects'),
  oidc_roles: groupRoles.default({}).describe('Role that each group gives, as role or org:role'),
  oidc_name: z.string().min(1).max(60).default('single sign-on').describe('What the sign-in page calls it'),
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
  if ((config.llm_personal_data_url === undefined) !== (config.llm_personal_data_model === undefined)) {
    throw new CodedError(
      'CONFIG_INVALID',
      'llm_personal_data_url and llm_personal_data_model go together; set both or neither',
    );
  }
  if (config.tls_client_ca !== undefined && config.tls_cert === undefined) {
    throw new CodedError(
      'CONFIG_INVALID',
      'tls_client_ca needs tls_cert and tls_key: without TLS nobody shows a certificate',
    );
  }
  const lack = lackOf(providerSettings(config));
  if (lack !== '') throw new CodedError('CONFIG_INVALID', lack);
  if (!isLoopback(config.host) && config.tls_cert === undefined && !config.behind_tls_proxy) {
    throw new CodedError(
      'CONFIG_INVALID',
      `host ${config.host} is reachable from other machines: set tls_cert and tls_key, or --behind-tls-proxy when a proxy ends TLS`,
    );
  }
  checkSingleSignOn(config);
  checkForwarding(config);
  return config;
}

/** How the server's provider of language models is reached. */
export function providerSettings(config: Config): ProviderSettings {
  return {
    kind: config.llm_provider,
    model: config.llm_model ?? '',
    baseUrl: config.llm_base_url ?? '',
    apiKey: config.llm_api_key ?? '',
    region: config.llm_region ?? '',
  };
}

/** Whoever takes any free port for one receiver does not mean a fixed one for the other. */
export function grpcPortOf({ otlp_grpc_port, otlp_port }: Pick<Config, 'otlp_grpc_port' | 'otlp_port'>): number {
  return otlp_grpc_port ?? (otlp_port === 0 ? 0 : 4317);
}

function checkForwarding({ forward_url, forward_senders_token, host }: Config): void {
  if (forward_url === undefined) return;
  const { protocol, hostname } = new URL(forward_url);
  if (protocol === 'http:' && !isLoopback(hostname))
    throw new CodedError('CONFIG_INVALID', 'forward_url has to be https');
  if (!isLoopback(host) && forward_senders_token === undefined) {
    throw new CodedError(
      'CONFIG_INVALID',
      `host ${host} is reachable from other machines: set forward_senders_token, which senders then show`,
    );
  }
}

function checkSingleSignOn({ oidc_issuer, oidc_client_id, oidc_roles, public_url }: Config): void {
  if (oidc_issuer === undefined) return;
  const issuer = new URL(oidc_issuer);
  const problem =
    oidc_client_id === undefined
      ? 'needs oidc_client_id'
      : public_url === undefined
        ? 'needs public_url: the identity provider sends people back to it'
        : Object.keys(oidc_roles).length === 0
          ? 'needs oidc_roles: without a group that has a role nobody comes in'
          : issuer.protocol === 'http:' && !isLoopback(issuer.hostname)
            ? 'has to be https'
            : undefined;
  if (problem !== undefined) throw new CodedError('CONFIG_INVALID', `oidc_issuer ${problem}`);
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
