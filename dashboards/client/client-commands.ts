import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import type { ApiClient } from './api-client.ts';
import type { ServerSettings } from './find-server.ts';

/** What every command that talks to a server takes. */
export interface ServerOptions {
  readonly api?: string | undefined;
  readonly token?: string | undefined;
  readonly data?: string | undefined;
  readonly config?: string | undefined;
}

type ReadSettings = (given: ServerOptions) => Promise<ServerSettings>;

export interface ClientParts {
  /** The commands for rules, to which those that need a server are added. */
  readonly rules: Command;
  readonly readSettings: ReadSettings;
  /** Shows on standard error how far long work has come. */
  readonly progress: (
    label: string,
    unit: '%' | 'sessions',
  ) => Promise<{ show(value: number, total: number, text: string): void; stop(): void }>;
}

/** Adds the commands that work through the API of a running server. What they do is loaded when one runs. */
export function addClientCommands(program: Command, { rules, readSettings, progress }: ClientParts): void {
  async function server({ api, token, data, config }: ServerOptions): Promise<ApiClient> {
    const { findServer } = await import('./find-server.ts');
    const { createApiClient } = await import('./api-client.ts');
    return createApiClient(findServer(await readSettings({ api, token, data, config })));
  }

  withServer(program.command('sql'))
    .description("an analyst's query through the API's own guard")
    .argument('<query>', 'SELECT ...; - reads it from standard input')
    .addOption(
      new Option('--format <format>', 'of the result').choices(['table', 'json', 'csv', 'ndjson']).default('table'),
    )
    .option('--param <name=value>', 'value of {name: Type} in the query; may be repeated', parameter, {})
    .action(async (query: string, options) => {
      const { runSql } = await import('./run-sql.ts');
      await runSql(await server(options), { query, ...options });
    });

  withServer(rules.command('backtest'))
    .description('what a rule, deployed or not, would have done over stored data')
    .argument('<rule>', 'id of a rule that the server runs, or a .sql or .yaml file')
    .option('--from <time>', 'a time, a day, or a stretch back from now such as 7d', '7d')
    .option('--to <time>', 'the same', 'now')
    .option('--json', 'machine-readable')
    .action(async (rule: string, options) => {
      const { backtestRule } = await import('./backtest-rule.ts');
      const { from, to, json } = options;
      const bar = await progress('backtest', '%');
      const show = (percent: number) => bar.show(percent, 100, '');
      await backtestRule(await server(options), { rule, from, to, json, show }).finally(bar.stop);
    });

  const summaries = program.command('summaries').description('what sessions were about');
  withServer(summaries.command('run'))
    .description('summarises sessions now; what has its summary is left alone')
    .option(
      '--since <time>',
      'sessions with spans received since then: a time, a day, or a stretch back such as 7d',
      '24h',
    )
    .option('--session <id...>', 'these alone')
    .option('--force', 'also those whose summary is up to date')
    .option('--model <name>', 'another model than the configured one')
    .option('--json', 'machine-readable')
    .action(async ({ since, session, force, model, json, ...options }) => {
      const { runSummaries } = await import('./summaries.ts');
      const bar = await progress('summaries', 'sessions');
      await runSummaries(await server(options), { since, session, force, model, json, show: bar.show }).finally(
        bar.stop,
      );
    });
  withServer(summaries.command('show'))
    .description("a session's summary")
    .argument('<session>', 'its id')
    .option('--json', 'machine-readable')
    .action(async (id: string, options) => {
      const { showSummary } = await import('./summaries.ts');
      await showSummary(await server(options), id, options);
    });
  withServer(summaries.command('eval'))
    .description('compares two models or prompts on stored sessions and says how far they agree')
    .requiredOption(
      '--a <side>',
      'MODEL, MODEL@FILE or @FILE with instructions; - is the configured model, extractive none',
    )
    .requiredOption('--b <side>', 'the same')
    .option('--since <time>', 'sessions with spans received since then', '7d')
    .option('--sessions <number>', 'the latest so many', wholeNumber, 20)
    .option('--json', 'machine-readable')
    .action(async ({ a, b, since, sessions: limit, json, ...options }) => {
      const { compareSummaries } = await import('./summaries.ts');
      const bar = await progress('eval', 'sessions');
      await compareSummaries(await server(options), { a, b, since, limit, json, show: bar.show }).finally(bar.stop);
    });

  const orgs = program.command('orgs').description('tenants: each has a database of its own');
  withServer(orgs.command('list'))
    .description('every org')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { listOrgs } = await import('./orgs.ts');
      await listOrgs(await server(options), options);
    });
  withServer(orgs.command('create'))
    .description('makes an org')
    .argument('<slug>', '1 to 40 of a-z, 0-9 and _, starting with a letter')
    .requiredOption('--name <name>', 'as people call it')
    .option('--json', 'machine-readable')
    .action(async (slug: string, options) => {
      const { createOrg } = await import('./orgs.ts');
      await createOrg(await server(options), slug, options);
    });

  const tokens = program.command('tokens').description('what senders, analysts and administrators show to be let in');
  withServer(tokens.command('list'))
    .description('every token, without its secret')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { listTokens } = await import('./tokens.ts');
      await listTokens(await server(options), options);
    });
  withServer(tokens.command('create'))
    .description('makes a token and prints its secret, this once')
    .option('--org <slug>', "the token's org; your own when left out")
    .requiredOption('--role <role>', 'admin, security, analyst, manager, developer or ingest')
    .requiredOption('--name <name>', 'what it is for')
    .option('--expires-in-days <days>', "a year when left out, for ever for a sender's", wholeNumber)
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { createToken } = await import('./tokens.ts');
      const { org, role, name, expiresInDays, json } = options;
      await createToken(await server(options), { org, role, name, expires_in_days: expiresInDays, json });
    });
  withServer(tokens.command('revoke'))
    .description('ends a token at once')
    .argument('<id>', 'as "tokens list" shows it')
    .option('--json', 'machine-readable')
    .action(async (id: string, options) => {
      const { revokeToken } = await import('./tokens.ts');
      await revokeToken(await server(options), id, options);
    });

  addUserCommands(program, server);

  const routes = program.command('routes').description('who hears of which alerts');
  withServer(routes.command('test'))
    .description('says where an alert would go, and sends nothing')
    .option('--alert <id>', 'an alert that is there')
    .option('--severity <severity>', 'low, medium, high or critical')
    .option('--rule <id>', 'id of its rule')
    .option('--tag <tag...>', 'its tags')
    .option('--session <id>', 'its session')
    .option('--agent <id>', 'an agent of the session')
    .option('--user <id>', 'a user of the session')
    .option('--at <time>', 'the moment, RFC 3339; now when left out')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { testRoutes } = await import('./routes.ts');
      await testRoutes(await server(options), options);
    });

  const retention = program.command('retention').description("for how long an org's data is kept");
  withServer(retention.command('show'))
    .description('days that spans, findings, deliveries and closed alerts are kept')
    .option('--org <slug>', 'your own when left out')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { showRetention } = await import('./retention.ts');
      await showRetention(await server(options), options);
    });
  withServer(retention.command('set'))
    .description('keeps them for so many days from now on; what is older goes')
    .argument('<days>', '30 to 400', wholeNumber)
    .option('--org <slug>', 'your own when left out')
    .option('--json', 'machine-readable')
    .action(async (days: number, options) => {
      const { setRetention } = await import('./retention.ts');
      await setRetention(await server(options), days, options);
    });

  const archive = program.command('archive').description("where an org's events are archived");
  withServer(archive.command('show'))
    .description('the place, and how far it is')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { showArchive } = await import('./archive.ts');
      await showArchive(await server(options), options);
    });
  withServer(archive.command('set'))
    .description('archives there from now on, beginning with all that is stored')
    .addArgument(new Argument('<kind>', 'of place').choices(['off', 'folder', 's3']))
    .option('--bucket <name>', "the org's own")
    .option('--prefix <path>', 'in the bucket, ending with /')
    .option('--region <region>', 'of the bucket; us-east-1 when left out')
    .option('--endpoint <url>', 'of an S3-compatible store')
    .option('--kms-key <id>', 'key under which the store encrypts')
    .option(
      '--access-key-id <id>',
      'its secret comes from SPANWARDEN_ARCHIVE_SECRET; the credentials of the server when left out',
    )
    .option('--json', 'machine-readable')
    .action(async (kind: string, options) => {
      const { setArchive } = await import('./archive.ts');
      const { archive_secret } = await readSettings({ config: options.config });
      await setArchive(await server(options), kind, options, archive_secret);
    });

  withServer(program.command('erase'))
    .description('erases an org, a user, a session or a trace, from the database and the archive')
    .addArgument(new Argument('<kind>', 'of what').choices(['org', 'user', 'session', 'trace']))
    .argument('<id>', 'as spans name it; for an org its slug')
    .option('--wait', 'until it is done')
    .option('--json', 'machine-readable')
    .action(async (kind: string, id: string, options) => {
      const { erase } = await import('./erasures.ts');
      await erase(await server(options), kind, id, options);
    });
  withServer(program.command('erasures'))
    .description('what was asked to be erased, and how far that is')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { listErasures } = await import('./erasures.ts');
      await listErasures(await server(options), options);
    });
}

type FindServer = (options: ServerOptions) => Promise<ApiClient>;

function addUserCommands(program: Command, server: FindServer): void {
  const users = program.command('users').description('people who sign in, and what they may');
  withServer(users.command('list'))
    .description('everybody')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { listUsers } = await import('./users.ts');
      await listUsers(await server(options), options);
    });
  withServer(users.command('add'))
    .description('makes an account and prints its password, this once')
    .argument('<email>', 'to sign in with; spans with it as user id are theirs')
    .requiredOption('--role <role>', 'admin, security, analyst, manager or developer')
    .option('--org <slug>', 'your own when left out')
    .option('--name <name>', 'as people call them')
    .option('--user-id <id...>', 'what their spans carry as user id, beside the address')
    .option('--sso', 'without a password: single sign-on alone')
    .option('--json', 'machine-readable')
    .action(async (email: string, options) => {
      const { addUser } = await import('./users.ts');
      const { org, role, name, userId, sso, json } = options;
      await addUser(await server(options), email, { org, role, name, userId, sso, json });
    });
  const onUser = (name: string, description: string) =>
    withServer(users.command(name))
      .description(description)
      .argument('<email>', 'as "users list" shows it')
      .option('--org <slug>', 'where several orgs have the address')
      .option('--json', 'machine-readable');
  onUser('disable', 'keeps somebody out, from now on').action(async (email: string, options) => {
    const { changeUser } = await import('./users.ts');
    await changeUser(await server(options), email, { disabled: true }, options);
  });
  onUser('enable', 'lets them in again').action(async (email: string, options) => {
    const { changeUser } = await import('./users.ts');
    await changeUser(await server(options), email, { disabled: false }, options);
  });
  onUser('set-role', 'gives another role; their sessions end')
    .argument('<role>', 'admin, security, analyst, manager or developer')
    .action(async (email: string, role: string, options) => {
      const { changeUser } = await import('./users.ts');
      await changeUser(await server(options), email, { role }, options);
    });
  onUser('reset-password', 'makes a new password and prints it, this once').action(async (email: string, options) => {
    const { resetPassword } = await import('./users.ts');
    await resetPassword(await server(options), email, options);
  });
}

function withServer(command: Command): Command {
  return command
    .option('--api <url>', 'the server (SPANWARDEN_API, http://127.0.0.1:8080)')
    .option('--token <token>', 'who asks (SPANWARDEN_TOKEN, the admin token in <data>/credentials.json)')
    .option('--data <dir>', 'data folder of the server (SPANWARDEN_DATA, ./data)')
    .option('--config <file>', 'YAML file with settings');
}

function parameter(text: string, known: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('name=value is wanted');
  return { ...known, [text.slice(0, at)]: text.slice(at + 1) };
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number is wanted');
  return Number(text);
}
