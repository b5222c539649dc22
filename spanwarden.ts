#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Logger } from 'pino';
import type { Store } from './engine/clickhouse/store.ts';
import type { Config } from './engine/config.ts';
import type { Alert } from './engine/core/alert.ts';
import { CodedError, ERRORS } from './engine/core/errors.ts';
import { DEFAULT_ORG, orgDatabase } from './engine/core/org.ts';
import type { RuleTestBench, RuleTestResult } from './engine/detection/run-rule-tests.ts';
import type { Engine } from './engine/engine.ts';
import packageJson from './package.json' with { type: 'json' };

/*
 * The front door: the command line, and the only file that knows every room. Each command loads the rooms it needs when it runs.
 * Exit codes: 0 done, 1 the work found failures, 2 wrong usage or configuration.
 */

// The embedded engine runs statements on libuv's threads: with the four there are by default, slow queries would hold up inserts.
process.env['UV_THREADPOOL_SIZE'] ??= '16';

const BUILT_IN_RULES = new URL('./rules', import.meta.url).pathname;

const program = new Command('spanwarden')
  .description('Detection and analytics for the security signals in AI-agent traces')
  .version(packageJson.version)
  .exitOverride();

program
  .command('start')
  .description('everything in one process: receiver, store, rules, alerts, API')
  .option('--demo', 'send bundled sample sessions through the OTLP port and print the alerts they raise')
  .option('--data <dir>', 'folder for everything that is stored (SPANWARDEN_DATA, ./data)')
  .option('--config <file>', 'YAML file with settings')
  .option('--behind-tls-proxy', 'a proxy in front ends TLS')
  .action(start);
program
  .command('replay')
  .description('post OTLP/JSON lines to an OTLP endpoint')
  .argument('<file...>', '.ndjson or .ndjson.gz; - is standard input')
  .option('--to <url>', 'OTLP endpoint', 'http://127.0.0.1:4318')
  .option('--token <token>', 'ingest token')
  .option('--rate <n>', 'spans a second at most', positiveNumber)
  .action(replayFiles);

const rules = program.command('rules').description('work on detections');
rules
  .command('list')
  .description('every rule with its severity and state')
  .argument('[path...]', 'rule files or folders; the built-in rules when none is given')
  .option('--json', 'machine-readable')
  .action(listRules);
rules
  .command('lint')
  .description('check metadata, SQL types and tests; exit 1 on any problem')
  .argument('[path...]', 'rule files or folders; the built-in rules when none is given')
  .option('--json', 'machine-readable')
  .action(lintRules);
rules
  .command('test')
  .description('run the tests of rules on the real engine; exit 1 on any failure')
  .argument('[path...]', 'rule files or folders; the built-in rules when none is given')
  .option('--json', 'machine-readable')
  .action(testRules);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

interface StartOptions {
  demo?: boolean;
  data?: string;
  config?: string;
  behindTlsProxy?: boolean;
}

/** Wires all roles together and stays until it is told to stop. */
async function start(options: StartOptions): Promise<void> {
  const { isLoopback, readConfig } = await import('./engine/config.ts');
  const config = readConfig({
    env: process.env,
    file: options.config,
    overrides: { data: options.data, behind_tls_proxy: options.behindTlsProxy },
  });
  const { pino } = await import('pino');
  const { Registry, collectDefaultMetrics } = await import('prom-client');
  const { systemClock: clock } = await import('./engine/core/clock.ts');
  const { connect } = await import('./engine/clickhouse/connect.ts');
  const { migrateControl, migrateOrg } = await import('./engine/clickhouse/migrate.ts');
  const { latestWatermark } = await import('./engine/clickhouse/tables/watermarks.ts');
  const { listOrgs } = await import('./engine/clickhouse/tables/orgs.ts');
  const { masterKey } = await import('./engine/master-key.ts');
  const { createEngine } = await import('./engine/engine.ts');
  const { createIngestServer } = await import('./ingest/ingest-server.ts');
  const { firstCredentials } = await import('./dashboards/auth/first-credentials.ts');
  const { createAuthenticator } = await import('./dashboards/auth/authenticator.ts');
  const { createApi } = await import('./dashboards/api/app.ts');
  const { LOOPBACK_HOSTS } = await import('./dashboards/api/services.ts');

  const log = pino({ level: config.log_level, base: null }, pino.destination({ fd: 2, sync: true }));
  const loaded = await load([BUILT_IN_RULES, ...config.rules]);
  for (const problem of loaded.errors) log.error(problem);

  const store = await connect({ url: config.clickhouse_url, dataFolder: config.data });
  await migrateControl(store);
  const credentials = await firstCredentials(store, config.data, clock);
  const orgs = async () =>
    (await listOrgs(store)).map(({ slug, created_at }) => ({ slug, createdAt: Date.parse(created_at) }));
  for (const { slug } of await orgs()) await migrateOrg(store, orgDatabase(slug));

  const loopback = isLoopback(config.host);
  const keyFor = masterKey(config.data, config.master_key);
  const authenticator = createAuthenticator(store, clock);
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const ingest = createIngestServer({
    store,
    clock,
    metrics,
    floor: await latestWatermark(store),
    redactionKey: (org) => keyFor(org, 'redaction'),
    // On loopback, spans without a token belong to the org that everyone has.
    authenticate: async (header) =>
      header === undefined && loopback ? { org: DEFAULT_ORG } : authenticator.authenticateIngest(header),
    reportFault: (error) => log.error({ reason: reasonOf(error) }, 'spans could not be stored'),
    ...tlsOf(config),
  });
  const opened: OpenedAlert[] = [];
  const engine = createEngine({
    store,
    clock,
    rules: loaded.rules,
    orgs,
    lowWater: async () => ingest.lowWater(),
    keyFor,
    allowPrivateDestinations: config.allow_private_destinations,
    version: packageJson.version,
    log,
    onAlertEvent: (_org, event) => {
      if (options.demo && event.type === 'opened') opened.push({ ...event, id: event.alert_id });
    },
  });
  const api = await createApi(
    {
      store,
      clock,
      version: packageJson.version,
      authenticator,
      alerts: engine.alerting,
      rules: () => loaded.rules,
      notReady: async () => ((await store.query('SELECT 1')).length === 1 ? '' : 'the store does not answer'),
      metrics,
      logError: (error, requestId) => log.error({ reason: reasonOf(error), requestId }, 'a request failed'),
    },
    { ...(loopback && { hosts: LOOPBACK_HOSTS }), openMetrics: loopback, ...tlsOf(config) },
  );

  const apiUrl = await api.listen({ host: config.host, port: config.port });
  const otlpUrl = await ingest.listen(config.host, config.otlp_port);
  stopOnSignal(async () => {
    await ingest.stop();
    await api.close();
    await engine.stop();
    await store.close();
  }, log);
  if (credentials.created) print(`tokens for the API and for senders are in ${credentials.path}`);
  print(`ready ${JSON.stringify({ api: apiUrl, otlp: otlpUrl })}`);
  if (options.demo) await showDemo({ api: apiUrl, otlp: otlpUrl, data: config.data, opened, engine });
}

interface Demo {
  readonly api: string;
  readonly otlp: string;
  readonly data: string;
  /** Alerts as they open; taken from the front. */
  readonly opened: OpenedAlert[];
  readonly engine: Engine;
}

type OpenedAlert = Pick<Alert, 'id' | 'severity' | 'rule_id' | 'title'>;

/** Sends the sample sessions like any exporter would and prints every alert that there is in the end, each once. */
async function showDemo({ api, otlp, data, opened, engine }: Demo): Promise<void> {
  const { sendDemo } = await import('./ingest/demo/send-demo.ts');
  const { demoBaseTime } = await import('./ingest/demo/demo-base-time.ts');
  const { default: progress } = await import('cli-progress');
  const printed = new Set<string>();
  const show = (alert: OpenedAlert) => {
    if (printed.has(alert.id)) return;
    printed.add(alert.id);
    print(`${alert.severity.padEnd(9)} ${alert.rule_id.padEnd(26)} ${alert.title}`);
    print(`${''.padEnd(36)} ${api}/api/v1/alerts/${alert.id}`);
  };

  const bar = progressBar(progress, 'sample sessions', 'spans');
  await sendDemo({
    url: otlp,
    baseTime: demoBaseTime(data, Date.now()),
    onProgress: ({ spans, totalSpans, session }) => bar.show(spans, totalSpans, session.title),
  }).finally(bar.stop);
  const sentAt = Date.now() * 1_000;
  while ((await engine.evaluatedTo()) < sentAt) {
    for (let alert = opened.shift(); alert; alert = opened.shift()) show(alert);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  for (let alert = opened.shift(); alert; alert = opened.shift()) show(alert);
  const known = await (await engine.alerting(DEFAULT_ORG)).list({ status: 'open', limit: 100 });
  for (const alert of known.items.toReversed()) show(alert);
  print(`${printed.size} alerts. The server stays up; the admin token for the API is in ${data}/credentials.json`);
}

/** Ends the process in order at the first signal, at once at the second. */
function stopOnSignal(stop: () => Promise<void>, log: Logger): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, async () => {
      if (stopping) process.exit(1);
      stopping = true;
      try {
        await stop();
        process.exit(0);
      } catch (error) {
        log.error({ reason: reasonOf(error) }, 'the stop was not clean');
        process.exit(1);
      }
    });
  }
}

function tlsOf(config: Config): { tls?: { cert: Buffer; key: Buffer } } {
  if (config.tls_cert === undefined || config.tls_key === undefined) return {};
  return { tls: { cert: readFileSync(config.tls_cert), key: readFileSync(config.tls_key) } };
}

/** What failed, for the log: our own errors hold no content, of others only the kind is safe to tell. */
function reasonOf(error: unknown): string {
  if (error instanceof CodedError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name} ${(error.stack ?? '').split('\n')[1]?.trim() ?? ''}` : 'unknown';
}
async function replayFiles(files: string[], options: { to: string; token?: string; rate?: number }): Promise<void> {
  const { openInput, replay } = await import('./ingest/replay.ts');
  const { default: progress } = await import('cli-progress');
  const input = openInput(files, process.stdin);
  const started = performance.now();
  const bar = progressBar(progress, 'replay', 'bytes');
  const target = { url: options.to, token: options.token, rate: options.rate };
  const counts = await replay(input.lines, target, ({ sent }) =>
    bar.show(input.read(), input.size, `${sent} spans`),
  ).finally(bar.stop);
  for (const [reason, times] of counts.reasons) print(`${times} times: ${reason}`);
  const rate = Math.round(counts.sent / ((performance.now() - started) / 1_000));
  print(`${counts.sent} spans sent, ${counts.accepted} accepted, ${counts.rejected} rejected, ${rate} spans/s`);
  if (counts.rejected > 0 || counts.failed > 0) process.exitCode = 1;
}

async function load(paths: readonly string[]) {
  const { loadRules } = await import('./engine/detection/load-rules.ts');
  return loadRules(paths);
}

async function listRules(paths: string[], options: { json?: boolean }): Promise<void> {
  const { listedRule } = await import('./engine/detection/rule-report.ts');
  const loaded = await load(paths.length > 0 ? paths : [BUILT_IN_RULES]);
  const listed = loaded.rules.map(listedRule);
  if (options.json) print(JSON.stringify(listed, null, 2));
  else
    for (const rule of listed)
      print(`${rule.id.padEnd(28)} ${rule.severity.padEnd(9)} ${rule.status.padEnd(13)} ${rule.name}`);
  failOn(loaded.errors);
}

async function lintRules(paths: string[], options: { json?: boolean }): Promise<void> {
  const { lintRule } = await import('./engine/detection/lint-rule.ts');
  const loaded = await load(paths.length > 0 ? paths : [BUILT_IN_RULES]);
  const problems = [...loaded.errors];
  await withScratchStore(async (store) => {
    const describe = (sql: string, params: Record<string, unknown>) =>
      store.query<{ name: string; type: string }>(`DESCRIBE (${sql}\n)`, params, {
        database: orgDatabase(DEFAULT_ORG),
      });
    for (const rule of loaded.rules) problems.push(...(await lintRule(rule, describe)));
  });
  if (options.json) print(JSON.stringify({ rules: loaded.rules.length, problems }, null, 2));
  else print(`${loaded.rules.length} rules, ${problems.length} problems`);
  failOn(problems);
}

async function testRules(paths: string[], options: { json?: boolean }): Promise<void> {
  const { readRuleTests } = await import('./engine/detection/rule-test-file.ts');
  const { runRuleTests } = await import('./engine/detection/run-rule-tests.ts');
  const { testReport } = await import('./engine/detection/rule-report.ts');
  const started = performance.now();
  const loaded = await load(paths.length > 0 ? paths : [BUILT_IN_RULES]);
  const results: RuleTestResult[] = [];
  await withScratchStore(async (store) => {
    const bench = await ruleTestBench(store);
    for (const rule of loaded.rules) {
      results.push(...(await runRuleTests(rule, await readRuleTests(rule), bench, Date.now() - 86_400_000)));
    }
  });
  if (options.json) print(JSON.stringify(results, null, 2));
  else for (const line of testReport(results, (performance.now() - started) / 1_000)) print(line);
  failOn(loaded.errors);
  if (results.some((result) => !result.passed)) process.exitCode = 1;
}

/** The whole ingest pipeline and the executor of rules, over an org that can be emptied. */
async function ruleTestBench(store: Store): Promise<RuleTestBench> {
  const { OTEL_TRACES_COLUMNS } = await import('./engine/clickhouse/tables/otel-traces.ts');
  const { insertDeployment } = await import('./engine/clickhouse/tables/deployments.ts');
  const { ruleQueries } = await import('./engine/clickhouse/rule-queries.ts');
  const { createRedactor } = await import('./engine/redaction/redactor.ts');
  const { spanRows } = await import('./ingest/inspect-traces.ts');
  const { createIngestClock } = await import('./ingest/ingest-clock.ts');
  const database = orgDatabase(DEFAULT_ORG);
  const clock = createIngestClock(Date.now, 0);
  const redactor = createRedactor({ key: new Uint8Array(32).fill(7) });
  return {
    ...ruleQueries(store, database),
    lowWater: clock.lowWater,
    ingest: async (spans) => {
      if (spans.length === 0) return;
      const ingestedAt = clock.open();
      const rows = spanRows(spans, { redactor, ingestedAt });
      await store.insertLines(`${database}.otel_traces`, OTEL_TRACES_COLUMNS, rows, crypto.randomUUID());
      clock.close(ingestedAt);
    },
    recordDeployment: (agent_id, version, atMs) =>
      insertDeployment(store, database, {
        id: `${agent_id} ${atMs}`,
        agent_id,
        version,
        deployed_at: new Date(atMs).toISOString(),
        recorded_by: 'rule test',
        note: '',
      }),
    reset: async () => {
      for (const table of ['otel_traces', 'agent_prompts', 'deployments'])
        await store.command(`TRUNCATE TABLE ${table}`, {}, { database });
    },
  };
}

/** An embedded engine on a folder that is gone afterwards, with one empty org. */
async function withScratchStore(work: (store: Store) => Promise<void>): Promise<void> {
  const { mkdtemp, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const { connect } = await import('./engine/clickhouse/connect.ts');
  const { migrateControl, migrateOrg } = await import('./engine/clickhouse/migrate.ts');
  const folder = await mkdtemp(join(tmpdir(), 'spanwarden-'));
  const store = await connect({ url: undefined, dataFolder: folder });
  try {
    await migrateControl(store);
    await migrateOrg(store, orgDatabase(DEFAULT_ORG));
    await work(store);
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function failOn(problems: readonly string[]): void {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

/** A progress bar on standard error; where that is no terminal, a line now and then. */
function progressBar(progress: typeof import('cli-progress'), label: string, unit: string) {
  const format = `${label} {bar} {value}/{total} ${unit}  {text}`;
  const options = { format, stream: process.stderr, noTTYOutput: true, notTTYSchedule: 1_000, hideCursor: true };
  const bar = new progress.SingleBar(options, progress.Presets.shades_classic);
  let started = false;
  return {
    show(value: number, total: number, text: string): void {
      if (started) bar.update(value, { text });
      else bar.start(Math.max(total, value), value, { text });
      started = true;
    },
    stop: () => bar.stop(),
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0 is wanted');
  return value;
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const coded = error instanceof CodedError ? error : undefined;
  process.stderr.write(`spanwarden: ${coded?.message ?? (error as Error)?.stack ?? String(error)}\n`);
  return ERRORS[coded?.code ?? 'INTERNAL'].exit;
}
