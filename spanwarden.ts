#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { addClientCommands } from './dashboards/client/client-commands.ts';
import { CodedError, ERRORS } from './engine/core/errors.ts';
import { DEFAULT_ORG, orgDatabase } from './engine/core/org.ts';
import { addRuleCommands } from './engine/rule-commands/rule-commands.ts';
import type { DemoAlert } from './ingest/demo/show-demo.ts';
import type { IngestServerOptions } from './ingest/ingest-server.ts';
import packageJson from './package.json' with { type: 'json' };

/*
 * The front door: the command line, and the only file that knows every room. Each command loads the rooms it needs when it runs.
 * Exit codes: 0 done, 1 the work found failures, 2 wrong usage or configuration.
 */

// The embedded engine runs statements on libuv's threads: with the four there are by default, slow queries would hold up inserts.
process.env['UV_THREADPOOL_SIZE'] ??= '16';

const BUILT_IN_RULES = new URL('./rules', import.meta.url).pathname;
const WEB_FOLDER = new URL('./dashboards/web/dist', import.meta.url).pathname;

const program = new Command('spanwarden')
  .description('Detection and analytics for the security signals in AI-agent traces')
  .version(packageJson.version)
  .exitOverride()
  .hook('preAction', (_program, command) => {
    // A reader that has seen enough (`| head`) ends a command; a server goes on without it.
    process.stdout.on('error', () => command.name() !== 'start' && process.exit());
  });

program
  .command('start')
  .description('everything in one process: receiver, store, rules, alerts, API')
  .option('--demo', 'send bundled sample sessions through the OTLP port and print the alerts they raise')
  .option('--data <dir>', 'folder for everything that is stored (SPANWARDEN_DATA, ./data)')
  .option('--config <file>', 'YAML file with settings')
  .option('--behind-tls-proxy', 'a proxy in front ends TLS')
  .action(start);
for (const [role, does] of [
  ['ingest', 'one role: the receiver, and behind Kafka the workers that store'],
  ['engine', 'one role: rules, alerts and deliveries'],
  ['dashboards', 'one role: the API and the web pages'],
] as const) {
  const command = program
    .command(role)
    .description(does)
    .option('--data <dir>', 'folder with the master key (SPANWARDEN_DATA, ./data)')
    .option('--config <file>', 'YAML file with settings')
    .option('--behind-tls-proxy', 'a proxy in front ends TLS');
  if (role === 'ingest') {
    command
      .addOption(new Option('--only <end>', 'of Kafka mode: only receive, or only work').choices(['receive', 'work']))
      .option('--forward <url>', 'be a gateway: redact, and forward to the OTLP/HTTP address of a central Spanwarden')
      .option('--token <token>', "with --forward: the gateway's token there (SPANWARDEN_FORWARD_TOKEN)");
  }
  command.action((options: StartOptions) => start({ ...options, role }));
}
program
  .command('migrate')
  .description('bring the store up to date without starting')
  .option('--data <dir>', 'folder for everything that is stored (SPANWARDEN_DATA, ./data)')
  .option('--config <file>', 'YAML file with settings')
  .option('--json', 'machine-readable')
  .action(migrate);
program
  .command('replay')
  .description('post OTLP/JSON lines to an OTLP endpoint, or send dead letters of Kafka mode to the workers again')
  .argument('[file...]', '.ndjson or .ndjson.gz; - is standard input')
  .option('--archive <place>', "a folder or s3://bucket/prefix: rebuilds an org's database from its archive instead")
  .option('--endpoint <url>', 'of an S3-compatible store')
  .option('--region <region>', 'of the bucket', 'us-east-1')
  .option('--to <url>', 'OTLP endpoint', 'http://127.0.0.1:4318')
  .option('--token <token>', 'ingest token')
  .option('--rate <n>', 'spans a second at most', positiveNumber)
  .option('--dead-letters', 'instead of files: what no worker could store, back to their topic')
  .option('--list', 'with --dead-letters: only say what is there and why')
  .option(
    '--org <slug>',
    'with --archive: the org of it, default when left out; with --dead-letters: only those of this org',
  )
  .option('--data <dir>', 'with --archive: data folder to rebuild in; with --dead-letters: that with the master key')
  .option('--config <file>', 'with --archive or --dead-letters: YAML file with settings')
  .action((files: string[], options: ReplayOptions) =>
    options.deadLetters ? replayLetters(files, options) : replayFiles(files, options),
  );
program
  .command('redact')
  .description('standard input to standard output, with typed tokens for secrets and personal data')
  .option('--json', 'NDJSON {"text"} to NDJSON {"text", "findings"}, a line at a time')
  .option('--explain', 'say instead which rule and reading took what, a line each, without the value')
  .option('--org <slug>', 'the org whose tokens these are', DEFAULT_ORG)
  .option('--data <dir>', 'data folder with the master key (SPANWARDEN_DATA, ./data)')
  .option('--config <file>', 'YAML file with settings')
  .addHelpText(
    'after',
    `
A value's token is the one it has in the org's stored spans, made under SPANWARDEN_MASTER_KEY or <data>/master.key.
Where neither is, the key is a random one: the same value then has the same token within this run only.`,
  )
  .action(redact);

const rules = addRuleCommands(program, {
  builtIn: BUILT_IN_RULES,
  bench: async (store, org) => (await import('./ingest/rule-test-bench.ts')).ruleTestBench(store, org),
});
addClientCommands(program, {
  rules,
  readSettings: async ({ config, ...overrides }) => {
    const { readSettings } = await import('./engine/config.ts');
    return readSettings({ env: process.env, file: config, overrides });
  },
  progress: async (label, unit) => (await import('./ingest/progress-bar.ts')).progressBar(label, unit, process.stderr),
});

const agent = program.command('agent').description("the client on a developer's machine: hooks of AI coding tools");
agent
  .command('hook')
  .description('records one event of a coding tool from standard input, and lets the tool go on')
  .argument('<tool>', 'claude-code, cursor, codex, gemini-cli or copilot-cli')
  .argument('[event]', 'its event, where the payload does not say')
  .action(runAgent);
agent
  .command('forward')
  .description('sends what hooks recorded, and pulls the policy; runs until it is stopped')
  .option('--once', 'one round')
  .action(runAgent);
agent
  .command('policy')
  .description('the policy that the next event meets, and where it comes from')
  .option('--json', 'machine-readable')
  .action(runAgent);
for (const [name, does] of [
  ['install', 'writes hooks into the settings of coding tools, and the service'],
  ['uninstall', 'takes all of it away again'],
  ['status', 'tools, hooks, policy, queue, last export'],
  ['doctor', 'checks everything and says how to mend it'],
] as const) {
  const command = agent
    .command(name)
    .description(does)
    .option('--user', 'for this user')
    .option('--system', 'for everyone on the machine; the default of root')
    .option('--root <dir>', 'in an image of a machine instead of on this one');
  if (name === 'install')
    command
      .option('--tool <name>', 'claude-code, cursor, codex, gemini-cli, copilot-cli or all; those that are found')
      .option('--endpoint <url>', 'where spans go')
      .option('--policy-url <url>', 'where the policy comes from')
      .option('--token-file <file>', 'the ingest token; - is standard input')
      .option('--no-service', 'without the service that sends');
  if (name === 'uninstall') command.option('--keep-data', 'leave settings, credential and queue');
  if (name.endsWith('install')) command.option('--dry-run', 'only show what would change');
  else command.option('--json', 'machine-readable');
  command.action(runAgent);
}
agent.command('resident', { hidden: true }).action(runAgent);

program
  .command('config')
  .description('settings')
  .command('schema')
  .description('JSON Schema of the config file, for editors')
  .action(async () => {
    const { configJsonSchema } = await import('./engine/config.ts');
    print(JSON.stringify(configJsonSchema(), null, 2));
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

type Role = 'ingest' | 'engine' | 'dashboards';

interface StartOptions {
  /** All of them when left out. */
  role?: Role;
  only?: 'receive' | 'work';
  forward?: string;
  token?: string;
  demo?: boolean;
  data?: string;
  config?: string;
  behindTlsProxy?: boolean;
}

/** Wires all roles together and stays until it is told to stop. */
async function start(options: StartOptions): Promise<void> {
  const { runService } = await import('./engine/run-service.ts');
  const withParent = process.env['npm_command'] === 'exec';
  await runService((parts, stopping) => startParts(options, parts, stopping), { withParent });
  process.exit();
}

async function startParts(options: StartOptions, parts: AsyncDisposableStack, stopping: AbortSignal): Promise<void> {
  const { atRestKeys } = await import('./engine/at-rest-keys.ts');
  const { reloadTls } = await import('./engine/reload-tls.ts');
  const { grpcPortOf, isLoopback, providerSettings, readConfig } = await import('./engine/config.ts');
  const { tlsFiles } = await import('./engine/tls-files.ts');
  const config = readConfig({
    env: process.env,
    file: options.config,
    overrides: {
      data: options.data,
      behind_tls_proxy: options.behindTlsProxy,
      forward_url: options.forward,
      forward_token: options.token,
    },
  });
  if (config.forward_url !== undefined) {
    if (options.role !== 'ingest')
      throw new CodedError('CONFIG_INVALID', 'forward_url makes a gateway: run spanwarden ingest, or unset it');
    return startGateway(config, parts, stopping);
  }
  const runs = (role: Role): boolean => options.role === undefined || options.role === role;
  requireSharedStore(options.role, config);
  const { kafkaSettings } = await import('./ingest/kafka/kafka-settings.ts');
  const kafka = kafkaSettings(config);
  if (options.only !== undefined && kafka === undefined)
    throw new CodedError('USAGE', '--only parts the ends of Kafka mode: set SPANWARDEN_KAFKA_BROKERS');
  const atRest = atRestKeys(config);
  const tls = tlsFiles(config);
  const { pino } = await import('pino');
  const { Registry, collectDefaultMetrics } = await import('prom-client');
  const { systemClock: clock } = await import('./engine/core/clock.ts');
  const { storeTarget } = await import('./engine/store-target.ts');
  const { connect } = await import('./engine/clickhouse/connect.ts');
  const { migrateAll } = await import('./engine/clickhouse/migrate-all.ts');
  const { latestWatermark } = await import('./engine/clickhouse/tables/watermarks.ts');
  const { listOrgs } = await import('./engine/clickhouse/tables/orgs.ts');
  const { masterKey } = await import('./engine/master-key.ts');
  const { createRedactionSettingsBook } = await import('./engine/redaction-settings-book.ts');
  const { createEngine } = await import('./engine/engine.ts');
  const { createModelSettingsBook } = await import('./engine/model-settings-book.ts');
  const { personalDataModel } = await import('./engine/personal-data-model.ts');
  const { createModelMetrics } = await import('./engine/summaries/model-metrics.ts');
  const { createOrgRuleBook } = await import('./engine/org-rule-book.ts');
  const { testRuleDraft } = await import('./engine/test-rule-draft.ts');
  const { shareLowWater } = await import('./engine/shared-low-water.ts');
  const { createDeliveryMetrics } = await import('./engine/alerts/delivery-metrics.ts');
  const { openStoredData } = await import('./engine/stored-data.ts');
  const { keepRetention } = await import('./engine/keep-retention.ts');
  const { listen } = await import('./engine/listen.ts');
  const { CANARY_RULE, keepCanaries } = await import('./engine/canary.ts');
  const { sendCanary } = await import('./ingest/send-canary.ts');
  const { createIngestServer } = await import('./ingest/ingest-server.ts');
  const { connectKafka } = await import('./ingest/kafka/connect-kafka.ts');
  const { rememberOrgs } = await import('./ingest/kafka/remember-orgs.ts');
  const { firstCredentials } = await import('./dashboards/auth/first-credentials.ts');
  const { createAuthenticator } = await import('./dashboards/auth/authenticator.ts');
  const { createAccounts } = await import('./dashboards/auth/accounts.ts');
  const { createSingleSignOn } = await import('./dashboards/auth/single-sign-on.ts');
  const { createWebSessions } = await import('./dashboards/auth/web-sessions.ts');
  const { createApi } = await import('./dashboards/api/app.ts');
  const { LOOPBACK_HOSTS } = await import('./dashboards/api/services.ts');

  const log = pino({ level: config.log_level, base: null }, pino.destination({ fd: 2, sync: true }));
  const { runRuleBook } = await import('./engine/run-rule-book.ts');
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const book = await runRuleBook({ folders: [BUILT_IN_RULES, ...config.rules], log, metrics });
  parts.defer(book.stop);

  stopping.throwIfAborted();
  const store = await connect(storeTarget(config));
  parts.defer(store.close);
  stopping.throwIfAborted();
  await migrateAll(store);
  const credentials = runs('dashboards') ? await firstCredentials(store, config.data, clock) : undefined;
  stopping.throwIfAborted();

  // Only what no other machine can reach may be open: a proxy in front brings everybody to loopback.
  const loopback = isLoopback(config.host) && !config.behind_tls_proxy;
  const keyFor = masterKey(config.data, config.master_key, atRest);
  const redaction = createRedactionSettingsBook(store, clock, keyFor);
  const models = createModelSettingsBook({
    store,
    clock,
    keyFor,
    server: providerSettings(config),
    prices: {
      inputUsdPerMillion: config.llm_input_usd_per_million,
      outputUsdPerMillion: config.llm_output_usd_per_million,
    },
  });
  const authenticator = createAuthenticator(store, clock);
  // Known to this process alone, so that its canaries come in by the front like everybody's spans.
  const canaryToken = `Canary ${crypto.randomUUID()} `;
  const authenticateIngest =
    kafka === undefined ? authenticator.authenticateIngest : rememberOrgs(authenticator.authenticateIngest, clock);
  const stores = runs('ingest') && options.only !== 'receive';
  const receivers = store.kind === 'server' ? await shareLowWater({ store, log, stores }) : undefined;
  const ingestOptions: IngestServerOptions = {
    store,
    clock,
    metrics,
    floor: Math.max(await latestWatermark(store), receivers?.floor ?? 0),
    redaction: redaction.of,
    secondScan: {
      secretlint: config.secretlint,
      trufflehog: config.trufflehog,
      trufflehogRequired: config.trufflehog_required,
    },
    // On loopback, spans without a token belong to the org that everyone has.
    authenticate: async (header) =>
      header?.startsWith(canaryToken)
        ? { org: header.slice(canaryToken.length) }
        : header === undefined && loopback
          ? { org: DEFAULT_ORG }
          : authenticateIngest(header),
    reportFault: (error) => log.error({ reason: reasonOf(error) }, 'a request could not be stored'),
    ...(tls && { tls: tls.otlp }),
    ...(receivers && { isHeard: receivers.isHeard }),
    ...(kafka &&
      runs('ingest') && {
        kafka: {
          connection: await connectKafka(kafka, log),
          ends: options.only ?? 'both',
          letterKey: (org) => keyFor(org, 'dead-letters'),
          log,
        },
      }),
  };
  const ingest = runs('ingest') ? createIngestServer(ingestOptions) : undefined;
  if (ingest && stores) receivers?.publish(ingest.lowWater);
  parts.defer(async () => receivers?.stop());
  const stored = openStoredData({ store, clock, log, keyFor, sealed: atRest.length > 0, settings: config });
  parts.defer(stored.close);
  const orgRules = createOrgRuleBook({ store, clock, fromFiles: book.rules });
  const opened: DemoAlert[] = [];
  const engine = createEngine({
    store,
    clock,
    standby: !runs('engine'),
    rules: book.rules(),
    rulesOf: async (org) => (await orgRules.of(org)).rules,
    orgs: async () =>
      (await listOrgs(store)).map(({ slug, created_at }) => ({ slug, createdAt: Date.parse(created_at) })),
    lowWater: receivers?.lowWater ?? (async () => ingest?.lowWater() ?? 0),
    keyFor,
    allowPrivateDestinations: config.allow_private_destinations,
    publicUrl: config.public_url ?? '',
    deliveryMetrics: createDeliveryMetrics(metrics),
    version: packageJson.version,
    summaries: {
      models,
      redaction,
      limits: {
        subject: { tokens: config.llm_session_tokens, usd: config.llm_session_usd },
        day: { tokens: config.llm_day_tokens, usd: config.llm_day_usd },
        month: { tokens: config.llm_month_tokens, usd: config.llm_month_usd },
      },
      gate: { concurrency: config.llm_concurrency, callsPerMinute: config.llm_calls_per_minute },
      timeoutMs: config.llm_timeout_seconds * 1_000,
      idleMs: config.session_idle_seconds * 1_000,
      transcriptTokens: config.llm_transcript_tokens,
      personalDataModel: personalDataModel(config),
      metrics: createModelMetrics(metrics),
    },
    log,
    onAlertEvent: (_org, event) => {
      if (options.demo && event.type === 'opened') opened.push({ ...event, id: event.alert_id });
    },
  });
  book.onRules(engine.useRules);
  parts.defer(engine.stop);
  if (runs('engine')) {
    parts.defer(keepRetention({ store, clock, log }).stop);
    parts.defer(stored.keep(engine.orgsHeld, receivers?.lowWater ?? (async () => ingest?.lowWater() ?? 0)).stop);
  }
  const api = await createApi(
    {
      store,
      clock,
      version: packageJson.version,
      authenticator,
      accounts: createAccounts(store, clock),
      sessions: createWebSessions(clock),
      ...(config.oidc_issuer !== undefined && {
        singleSignOn: {
          provider: createSingleSignOn(
            {
              issuer: config.oidc_issuer,
              clientId: config.oidc_client_id!,
              clientSecret: config.oidc_client_secret,
              scopes: config.oidc_scopes,
              groupsClaim: config.oidc_groups_claim,
              redirectUri: `${config.public_url}/api/v1/single-sign-on/callback`,
            },
            clock,
          ),
          groupRoles: config.oidc_roles,
          name: config.oidc_name,
        },
      }),
      alerts: engine.alerting,
      summaries: engine.summaries,
      tagsPersonalData: config.llm_personal_data_model !== undefined,
      models,
      redaction,
      erasures: stored.erasures,
      archives: stored.archives,
      rules: async (org) => (await orgRules.of(org)).rules,
      ruleFiles: book.rules,
      orgRules,
      testRule: testRuleDraft(new URL(import.meta.url).pathname),
      ruleProblems: book.problems,
      notReady: async () => ((await store.query('SELECT 1')).length === 1 ? '' : 'the store does not answer'),
      metrics,
      logError: (error, requestId) => log.error({ reason: reasonOf(error), requestId }, 'a request failed'),
    },
    {
      ...(loopback && { hosts: LOOPBACK_HOSTS }),
      healthOnly: !runs('dashboards'),
      openMetrics: loopback,
      secureCookies: !loopback,
      requestsPerMinute: config.api_requests_per_minute,
      behindProxy: config.behind_tls_proxy,
      webFolder: WEB_FOLDER,
      ...(tls && { tls: tls.api }),
    },
  );
  parts.defer(() => api.close());
  parts.defer(async () => ingest?.stop());
  if (tls) {
    const listeners = { otlp: ingest?.server, api: api.server };
    parts.defer(reloadTls({ settings: config, listeners, log }));
  }

  const { host, port, otlp_port } = config;
  const apiUrl = await listen({ host, port, setting: 'port' }, () => api.listen({ host, port }));
  const receives = options.only !== 'work' ? ingest : undefined;
  const otlpUrl =
    receives && (await listen({ host, port: otlp_port, setting: 'otlp_port' }, () => receives.listen(host, otlp_port)));
  const grpcPort = grpcPortOf(config);
  const grpcUrl =
    receives &&
    (await listen({ host, port: grpcPort, setting: 'otlp_grpc_port' }, () => receives.listenGrpc(host, grpcPort)));
  stopping.throwIfAborted();
  // A canary goes in by the front and is waited for by the rules: both must be here.
  if (
    otlpUrl &&
    runs('engine') &&
    config.canary_minutes > 0 &&
    book.rules().some((rule) => rule.id === CANARY_RULE && rule.metadata.enabled)
  ) {
    const canaries = keepCanaries({
      store,
      clock,
      log,
      everyMs: config.canary_minutes * 60_000,
      orgs: async () => {
        const rulesOf = await Promise.all(engine.orgsHeld().map(async (org) => ({ org, of: await orgRules.of(org) })));
        // An org that switched the rule off waits for no canary.
        return rulesOf
          .filter(({ of }) => of.rules.some(({ id, metadata }) => id === CANARY_RULE && metadata.enabled))
          .map(({ org }) => org);
      },
      keyOf: (org) => keyFor(org, 'canary'),
      send: (org, sessionId) => sendCanary(otlpUrl, `${canaryToken}${org}`, sessionId, clock()),
      alert: async (org, rule, findings) => (await engine.alerting(org)).applyFindings(rule, findings),
    });
    parts.defer(canaries.stop);
  }
  if (credentials?.created) print(`tokens for the API and for senders are in ${credentials.path}`);
  print(`ready ${JSON.stringify({ api: apiUrl, ...(otlpUrl && { otlp: otlpUrl, otlp_grpc: grpcUrl }) })}`);
  if (!options.demo || !otlpUrl) return;

  const { showDemo } = await import('./ingest/demo/show-demo.ts');
  const { demoBaseTime } = await import('./ingest/demo/demo-base-time.ts');
  const alerts = await showDemo({
    otlp: otlpUrl,
    baseTime: demoBaseTime(config.data, clock()),
    opened,
    evaluatedTo: engine.evaluatedTo,
    open: async () => (await (await engine.alerting(DEFAULT_ORG)).list({ status: 'open', limit: 100 })).items,
    linkTo: (id) => `${apiUrl}/alerts/${id}`,
    print,
    stopping,
  });
  print(`${alerts} alerts. The server stays up; the admin token for the API is in ${credentials?.path}`);
}

/** `ingest --forward`: no store, no rules; what comes in is redacted and goes to the centre. */
async function startGateway(
  config: ReturnType<typeof import('./engine/config.ts')['readConfig']>,
  parts: AsyncDisposableStack,
  stopping: AbortSignal,
): Promise<void> {
  const { grpcPortOf } = await import('./engine/config.ts');
  const { atRestKeys } = await import('./engine/at-rest-keys.ts');
  const { reloadTls } = await import('./engine/reload-tls.ts');
  const { tlsFiles } = await import('./engine/tls-files.ts');
  const { pino } = await import('pino');
  const { Registry, collectDefaultMetrics } = await import('prom-client');
  const { systemClock: clock } = await import('./engine/core/clock.ts');
  const { masterKey } = await import('./engine/master-key.ts');
  const { listen } = await import('./engine/listen.ts');
  const { createGateway } = await import('./ingest/gateway/gateway-server.ts');
  const log = pino({ level: config.log_level, base: null }, pino.destination({ fd: 2, sync: true }));
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const tls = tlsFiles(config);
  const key = masterKey(config.data, config.master_key, atRestKeys(config))(config.forward_org, 'redaction');
  const gateway = createGateway({
    clock,
    metrics,
    org: config.forward_org,
    redaction: { revision: '0', policy: {}, key, formerKeys: [] },
    secondScan: {
      secretlint: config.secretlint,
      trufflehog: config.trufflehog,
      trufflehogRequired: config.trufflehog_required,
    },
    sendersToken: config.forward_senders_token,
    spool: {
      folder: config.forward_folder ?? join(config.data, 'forward'),
      mostBytes: config.forward_spool_bytes,
      mostAgeMs: config.forward_spool_hours * 3_600_000,
    },
    centre: {
      url: config.forward_url ?? '',
      token: config.forward_token,
      ca: config.forward_ca === undefined ? undefined : readFileSync(config.forward_ca),
    },
    tls: tls?.otlp,
    healthTls: tls?.api,
    log,
    reportFault: (error) => log.error({ reason: reasonOf(error) }, 'a request could not be taken'),
  });
  parts.defer(gateway.stop);
  if (tls) parts.defer(reloadTls({ settings: config, listeners: gateway.listeners, log }));
  stopping.throwIfAborted();
  const { host, port, otlp_port } = config;
  const grpcPort = grpcPortOf(config);
  const api = await listen({ host, port, setting: 'port' }, () => gateway.listenHealth(host, port));
  const otlp = await listen({ host, port: otlp_port, setting: 'otlp_port' }, () => gateway.listen(host, otlp_port));
  const otlp_grpc = await listen({ host, port: grpcPort, setting: 'otlp_grpc_port' }, () =>
    gateway.listenGrpc(host, grpcPort),
  );
  print(`ready ${JSON.stringify({ api, otlp, otlp_grpc })}`);
}

/** Roles in processes of their own meet in a ClickHouse server and under one master key. Throws CONFIG_INVALID. */
function requireSharedStore(
  role: Role | undefined,
  config: { clickhouse_url?: string | undefined; master_key?: string | undefined; data: string },
): void {
  if (role === undefined) return;
  if (config.clickhouse_url === undefined) {
    throw new CodedError(
      'CONFIG_INVALID',
      `${role} shares its store with other processes: set SPANWARDEN_CLICKHOUSE_URL, or run start`,
    );
  }
  if (role !== 'dashboards' && config.master_key === undefined && !existsSync(join(config.data, 'master.key'))) {
    throw new CodedError(
      'CONFIG_INVALID',
      `${role} needs the master key that the other roles have: set SPANWARDEN_MASTER_KEY, or --data to the folder in which dashboards made master.key`,
    );
  }
}

/** What failed, for the log: our own errors hold no content, of others only the kind is safe to tell. */
function reasonOf(error: unknown): string {
  if (error instanceof CodedError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name} ${(error.stack ?? '').split('\n')[1]?.trim() ?? ''}` : 'unknown';
}

async function migrate({ config: file, json, ...overrides }: { data?: string; config?: string; json?: boolean }) {
  const { readSettings } = await import('./engine/config.ts');
  const { storeTarget } = await import('./engine/store-target.ts');
  const { connect } = await import('./engine/clickhouse/connect.ts');
  const { migrateAll } = await import('./engine/clickhouse/migrate-all.ts');
  const settings = readSettings({ env: process.env, file, overrides });
  const store = await connect(storeTarget(settings));
  const databases = await migrateAll(store).finally(store.close);
  if (json) return print(JSON.stringify({ databases }, null, 2));
  for (const { database, applied } of databases)
    print(`${database}: ${applied.length === 0 ? 'up to date' : applied.join(', ')}`);
}

interface ReplayOptions {
  to: string;
  token?: string;
  rate?: number;
  archive?: string;
  endpoint?: string;
  region: string;
  deadLetters?: boolean;
  list?: boolean;
  org?: string;
  data?: string;
  config?: string;
}

async function replayLetters(files: string[], { list, org, data, config: file }: ReplayOptions): Promise<void> {
  if (files.length > 0) throw new CodedError('USAGE', 'replay takes files or --dead-letters, not both');
  const { readSettings } = await import('./engine/config.ts');
  const { masterKey } = await import('./engine/master-key.ts');
  const { kafkaSettings } = await import('./ingest/kafka/kafka-settings.ts');
  const { connectKafka } = await import('./ingest/kafka/connect-kafka.ts');
  const { replayDeadLetters } = await import('./ingest/kafka/replay-dead-letters.ts');
  const { progressBar } = await import('./ingest/progress-bar.ts');
  const config = readSettings({ env: process.env, file, overrides: { data } });
  const settings = kafkaSettings(config);
  if (settings === undefined) throw new CodedError('USAGE', 'dead letters are in Kafka: set SPANWARDEN_KAFKA_BROKERS');
  const { atRestKeys } = await import('./engine/at-rest-keys.ts');
  const keyFor = masterKey(config.data, config.master_key, atRestKeys(config));
  const bar = progressBar('replay', 'letters', process.stderr);
  const counts = await replayDeadLetters({
    connection: await connectKafka(settings, { warn: () => undefined }),
    key: (slug) => keyFor(slug, 'dead-letters'),
    org,
    list: list === true,
    onProgress: ({ read, total }) => bar.show(read, total, ''),
  }).finally(bar.stop);
  for (const [reason, times] of counts.reasons) print(`${times} times: ${reason}`);
  print(`${counts.read} dead letters, ${counts.replayed} replayed, ${counts.read - counts.replayed} left`);
}

async function replayFiles(files: string[], options: ReplayOptions): Promise<void> {
  if (options.archive !== undefined && files.length === 0) return replayArchive(options.archive, options);
  if (files.length === 0 || options.archive !== undefined)
    throw new CodedError('USAGE', 'name files to replay, or --archive, or --dead-letters');
  const { openInput, replay } = await import('./ingest/replay.ts');
  const { progressBar } = await import('./ingest/progress-bar.ts');
  const input = openInput(files, process.stdin);
  const started = performance.now();
  const bar = progressBar('replay', 'bytes', process.stderr);
  const target = { url: options.to, token: options.token, rate: options.rate };
  const counts = await replay(input.lines, target, ({ sent }) =>
    bar.show(input.read(), input.size, `${sent} spans`),
  ).finally(bar.stop);
  for (const [reason, times] of counts.reasons) print(`${times} times: ${reason}`);
  const rate = Math.round(counts.sent / ((performance.now() - started) / 1_000));
  print(`${counts.sent} spans sent, ${counts.accepted} accepted, ${counts.rejected} rejected, ${rate} spans/s`);
  if (counts.rejected > 0 || counts.failed > 0) process.exitCode = 1;
}

async function replayArchive(
  place: string,
  { org = DEFAULT_ORG, endpoint, region, config, data }: ReplayOptions,
): Promise<void> {
  const { readSettings } = await import('./engine/config.ts');
  const { atRestKeys } = await import('./engine/at-rest-keys.ts');
  const { storeTarget } = await import('./engine/store-target.ts');
  const { connect } = await import('./engine/clickhouse/connect.ts');
  const { migrateAll } = await import('./engine/clickhouse/migrate-all.ts');
  const { openPlace } = await import('./engine/archive/open-place.ts');
  const { restoreArchive } = await import('./engine/archive/restore-archive.ts');
  const { masterKey } = await import('./engine/master-key.ts');
  const settings = readSettings({ env: process.env, file: config, overrides: { data } });
  const atRest = atRestKeys(settings);
  const target = openPlace(place, { endpoint, region });
  const store = await connect(storeTarget(settings));
  try {
    await migrateAll(store);
    const key = masterKey(settings.data, settings.master_key, atRest)(org, 'archive');
    const counts = await restoreArchive({ store, target, org, key });
    for (const [table, { archived, stored }] of counts)
      print(`${table}: ${archived} rows in the archive, ${stored} in the database`);
    // Of a row that was archived in two hours the database has one: fewer there is no failure, unless nothing came.
    if ([...counts.values()].some(({ archived, stored }) => archived > 0 && stored === 0)) process.exitCode = 1;
  } finally {
    target.close();
    await store.close();
  }
}

interface RedactOptions {
  json?: boolean;
  explain?: boolean;
  org: string;
  data?: string;
  config?: string;
}

async function redact({ json, explain, org, config: file, data }: RedactOptions): Promise<void> {
  const { readSettings } = await import('./engine/config.ts');
  const { masterKey } = await import('./engine/master-key.ts');
  const { atRestKeys } = await import('./engine/at-rest-keys.ts');
  const { createRedactor } = await import('./engine/redaction/redactor.ts');
  const { explainTextStream, redactJsonLines, redactTextStream } = await import('./engine/redaction/redact-stream.ts');
  orgDatabase(org);
  const settings = readSettings({ env: process.env, file, overrides: { data } });
  const hasKey = settings.master_key !== undefined || existsSync(join(settings.data, 'master.key'));
  const key = hasKey
    ? masterKey(settings.data, settings.master_key, atRestKeys(settings))(org, 'redaction')
    : crypto.getRandomValues(new Uint8Array(32));
  const redactor = createRedactor({ key });
  const redactText = explain ? explainTextStream : redactTextStream;
  await pipeline(
    process.stdin.setEncoding('utf8'),
    (text) => {
      const chunks = text as AsyncIterable<string>;
      return json ? redactJsonLines(chunks, redactor, explain) : redactText(chunks, redactor);
    },
    process.stdout,
    { end: false },
  );
}

/** The client reads its own words, as its bundle does, which is started without this file. */
async function runAgent(): Promise<void> {
  const { runAgentCommand } = await import('./agent/run-agent-command.ts');
  const [, file = '', ...words] = process.argv;
  await runAgentCommand(words.slice(1), [file, 'agent']);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0 is wanted');
  return value;
}

/** Says in one line what went wrong and answers the exit code. Only what nobody foresaw shows its stack. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { syscall, message, stack } = error as NodeJS.ErrnoException;
  const foreseen = error instanceof CodedError || syscall !== undefined;
  const text = foreseen ? message.replace(/\p{Cc}+/gu, ' ') : (stack ?? String(error));
  process.stderr.write(`spanwarden: ${text}\n`);
  if (error instanceof CodedError) return ERRORS[error.code].exit;
  return syscall === undefined ? 1 : 2;
}
