import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { codeOf, quotedIn, readPage, tableRows } from '../markdown.ts';
import { runCommand } from '../run-command.ts';
import { startServer, temporaryFolder } from '../running-server.ts';

const server = await startServer();
afterAll(() => server.stop());
const nobodysPort = await unusedPort();

/** A command against the server, with the admin token of its data folder. */
const ask = (...args: string[]) =>
  runCommand(args, { env: { SPANWARDEN_API: server.api, SPANWARDEN_DATA: server.folder } });

/** Its standard output; throws unless it ended well. */
async function answer(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await ask(...args);
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return stdout;
}
const json = async (...args: string[]) => JSON.parse(await answer(...args, '--json'));

const oneLine = (text: string) => expect(text).toMatch(/^[^\n]+\n$/);

describe('sql', () => {
  const TWO = "SELECT number AS n, concat('row \"', toString(number), '\"') AS name FROM numbers(2)";

  it.each([
    ['table', 'n  name\n-  -------\n0  row "0"\n1  row "1"\n'],
    ['csv', '"n","name"\n0,"row ""0"""\n1,"row ""1"""\n'],
    ['ndjson', '{"n":"0","name":"row \\"0\\""}\n{"n":"1","name":"row \\"1\\""}\n'],
  ])('answers as %s', async (format, expected) => {
    expect(await answer('sql', TWO, '--format', format)).toBe(expected);
  });

  it('answers as the API does with --format json', async () => {
    expect(JSON.parse(await answer('sql', TWO, '--format', 'json'))).toMatchObject({
      columns: [{ name: 'n', type: 'UInt64' }, { name: 'name' }],
      rows: [
        ['0', 'row "0"'],
        ['1', 'row "1"'],
      ],
      truncated: false,
    });
  });

  it('binds parameters and reads the query from standard input', async () => {
    const { stdout } = await runCommand(
      ['sql', '-', '--format', 'csv', '--param', 'n=7', '--param', "name=it's=so", '--api', server.api],
      { input: 'SELECT {n: UInt8} AS n, {name: String} AS name', env: { SPANWARDEN_TOKEN: server.adminToken } },
    );
    expect(stdout).toBe('"n","name"\n7,"it\'s=so"\n');
  });

  it('says when there are more rows than it shows', async () => {
    const { code, stdout, stderr } = await ask('sql', 'SELECT number FROM numbers(20000)');
    expect([code, stdout.split('\n').length]).toEqual([0, 10_000 + 3]);
    expect(stderr).toMatch(/more rows than these 10000/);
  });

  it.each([
    ["SELECT file('/etc/passwd')", /^spanwarden: The function file is not allowed in queries \(line 1, column 8\)\n$/],
    ['SELECT 1; SELECT 2', /^spanwarden: .+\n$/],
    ['SELECT nope FROM otel_traces', /^spanwarden: .*nope.*\n$/],
    ['SELECT * FROM spanwarden.tokens', /^spanwarden: .+\n$/],
  ])('refuses %s with what the guard says', async (query, message) => {
    const { code, stdout, stderr } = await ask('sql', query);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });
});

describe('orgs and tokens', () => {
  it('are made, listed, used and revoked', async () => {
    expect(await json('orgs', 'create', 'acme', '--name', 'Acme & Sons')).toMatchObject({ slug: 'acme' });
    expect(await answer('orgs', 'list')).toMatch(/^slug +name +created_at +retention_days\n[- ]+\nacme +Acme & Sons /);
    expect((await json('orgs', 'list')).map(({ slug }: { slug: string }) => slug)).toEqual(['acme', 'default']);

    const { stdout, stderr } = await ask('tokens', 'create', '--org', 'acme', '--role', 'analyst', '--name', 'ann');
    expect(stdout).toMatch(/^spw_[0-9A-Za-z]{43}\n$/);
    expect(stderr).toMatch(/analyst of acme; its secret is shown this once/);
    const asAnn = ['sql', 'SELECT currentDatabase()', '--token', stdout.trim(), '--format', 'csv'];
    expect(await answer(...asAnn)).toMatch(/org_acme/);

    const listed = (await json('tokens', 'list')) as { id: string; name: string }[];
    expect(JSON.stringify(listed)).not.toContain(stdout.trim());
    const { id } = listed.find(({ name }) => name === 'ann')!;
    expect(await answer('tokens', 'revoke', id)).toBe(`token ${id} is revoked\n`);
    expect(await ask(...asAnn)).toMatchObject({ code: 2, stdout: '' });
    expect(await ask('tokens', 'revoke', id)).toMatchObject({ code: 1, stdout: '' });
    expect(await ask('orgs', 'create', 'acme', '--name', 'x')).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('users', () => {
  const CSRF = { 'content-type': 'application/json', 'x-spanwarden-csrf': '1' };

  /** The cookie of somebody who signs in; '' when they may not. */
  async function signIn(email: string, password: string): Promise<string> {
    const body = JSON.stringify({ email, password });
    const response = await fetch(`${server.api}/api/v1/session`, { method: 'POST', headers: CSRF, body });
    return response.headers.get('set-cookie')?.split(';')[0] ?? '';
  }

  const read = async (path: string, cookie: string) =>
    (await fetch(`${server.api}/api/v1${path}`, { headers: { cookie } })).json();

  it('are added with a password that is shown once, listed and changed', async () => {
    const { stdout, stderr } = await ask('users', 'add', 'Ann@example.org', '--role', 'developer');
    expect(stdout).toMatch(/^[2-9a-z]{20}\n$/);
    expect(stderr).toBe('ann@example.org is developer of default; the password is shown this once\n');
    expect(await signIn('ann@example.org', stdout.trim())).toMatch(/^spanwarden_session=/);
    expect(await answer('users', 'list')).toMatch(/^org +email +role .*\n[- ]+\ndefault +ann@example\.org +developer /);
    expect(await answer('users', 'set-role', 'ann@example.org', 'analyst')).toBe('ann@example.org: analyst\n');
    expect(await json('users', 'disable', 'ann@example.org')).toMatchObject({ disabled: true });
    expect(await signIn('ann@example.org', stdout.trim())).toBe('');
    await answer('users', 'enable', 'ann@example.org');
    const renewed = await answer('users', 'reset-password', 'ann@example.org');
    expect(await signIn('ann@example.org', stdout.trim())).toBe('');
    expect(await signIn('ann@example.org', renewed.trim())).not.toBe('');
    const sso = await json('users', 'add', 'sso@example.org', '--role', 'manager', '--sso', '--user-id', 'a', 'b');
    expect(sso).toMatchObject({ password: false, user_ids: ['a', 'b'] });
    for (const args of [
      ['users', 'add', 'ann@example.org', '--role', 'developer'],
      ['users', 'set-role', 'nobody@example.org', 'admin'],
    ])
      expect(await ask(...args)).toMatchObject({ code: 1, stdout: '' });
    expect(await ask('users', 'set-role', 'ann@example.org', 'emperor')).toMatchObject({ code: 2, stdout: '' });
  });

  it('read what they said themselves, through redaction and store, and others nothing of it', async () => {
    const traceId = 'a11c'.repeat(8);
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    const span = {
      traceId,
      spanId: 'a11c'.repeat(4),
      name: 'chat',
      kind: 3,
      startTimeUnixNano: `${Date.now()}000000`,
      endTimeUnixNano: `${Date.now()}000000`,
      attributes: [
        attribute('gen_ai.operation.name', 'chat'),
        attribute('gen_ai.conversation.id', 'of-alice'),
        attribute('user.id', 'Alice.Author@example.org'),
        attribute(
          'gen_ai.input.messages',
          JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'what was said' }] }]),
        ),
      ],
    };
    const sent = await fetch(`${server.otlp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    });
    expect(sent.status).toBe(200);
    const [alice, bob] = await Promise.all(
      ['alice.author@example.org', 'bob@example.org'].map(async (email) =>
        signIn(email, (await answer('users', 'add', email, '--role', 'developer')).trim()),
      ),
    );
    expect(await read('/sessions/of-alice', alice!)).toMatchObject({
      content: 'author',
      users: [expect.stringMatching(/^\[EMAIL:/)],
      spans: [{ prompt: { text: expect.stringContaining('what was said') } }],
    });
    expect(await read('/sessions/of-alice', bob!)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await server.get('/sessions/of-alice')).toMatchObject({
      content: 'hidden',
      spans: [{ prompt: { text: null } }],
    });
  });
});

describe('retention', () => {
  it('is shown and set within its bounds', async () => {
    expect(await answer('retention', 'show')).toBe('org default keeps its data for 90 days (30 to 400 can be set)\n');
    expect(await json('retention', 'set', '45')).toEqual({
      org: 'default',
      retention_days: 45,
      least_days: 30,
      most_days: 400,
    });
    for (const days of ['29', '401']) {
      const refused = await ask('retention', 'set', days);
      expect(refused.code).toBe(2);
      oneLine(refused.stderr);
    }
    expect(await json('retention', 'show')).toMatchObject({ retention_days: 45 });
  });
});

describe('replay', () => {
  const line = (id: string) =>
    JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  traceId: id.repeat(32),
                  spanId: id.repeat(16),
                  name: 'chat',
                  startTimeUnixNano: `${Date.now()}000000`,
                  endTimeUnixNano: `${Date.now()}000000`,
                },
              ],
            },
          ],
        },
      ],
    });

  it('sends lines with progress that fits a log', async () => {
    const input = `${line('a')}\n${line('b')}\n`;
    const { code, stdout, stderr } = await runCommand(['replay', '-', '--to', server.otlp], { input });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^2 spans sent, 2 accepted, 0 rejected, \d+ spans\/s\n$/);
    expect(stderr).toMatch(/^(replay: \d+ bytes {2}\d spans\n)+$/);
  });

  it('ends with 1 when something was rejected', async () => {
    const input = `${line('c')}\nno JSON\n`;
    expect((await runCommand(['replay', '-', '--to', server.otlp], { input })).code).toBe(1);
  });
});

describe('docs/command-line.md', () => {
  const page = readPage('docs/command-line.md');
  const env = { SPANWARDEN_API: server.api, SPANWARDEN_DATA: server.folder, OURS: process.execPath };

  it.each(codeOf(page, 'sh run'))('shows what runs: %s', async (code) => {
    const program = ['bash', '-eu', '-o', 'pipefail', '-c', `npx() { shift; "$OURS" spanwarden.ts "$@"; }\n${code}`];
    const { code: exit, stdout, stderr } = await runCommand([], { program, env });
    expect([exit, stderr]).toEqual([0, expect.not.stringContaining('spanwarden:')]);
    expect(stdout).not.toBe('');
  });

  it('names every command', async () => {
    const named = quotedIn(tableRows(page, 'The command line').flat().join(' ')).map((text) => text.split(' ')[0]!);
    const { stdout } = await runCommand(['--help']);
    const there = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!).filter((name) => name !== 'help');
    expect([...new Set(named)].sort()).toEqual(there.sort());
  });
});

describe('wrong usage ends with 2 and says what to do', () => {
  const folder = temporaryFolder();
  const stranger = ['--token', `spw_${'a'.repeat(43)}`];

  it.each([
    [['nope'], {}, /unknown command 'nope'/],
    [['start', '--nope'], {}, /unknown option '--nope'/],
    [['start', 'extra'], {}, /too many arguments/],
    [['orgs', 'create', 'x'], {}, /--name <name>/],
    [['sql', 'SELECT 1', '--format', 'xml'], {}, /table, json, csv, ndjson/],
    [['sql', 'SELECT 1', '--param', 'x'], {}, /name=value is wanted/],
    [['retention', 'set', 'ten'], {}, /whole number/],
    [['replay', '/nowhere.ndjson'], {}, /\/nowhere.ndjson does not exist/],
    [['replay'], {}, /name files to replay, or --archive, or --dead-letters/],
    [['replay', '--dead-letters'], {}, /set SPANWARDEN_KAFKA_BROKERS/],
    [['ingest'], {}, /ingest shares its store .*: set SPANWARDEN_CLICKHOUSE_URL, or run start/],
    [['engine', '--data', folder], { SPANWARDEN_CLICKHOUSE_URL: 'http://127.0.0.1:1' }, /engine needs the master key/],
    [['start', '--data', folder], { SPANWARDEN_KAFKA_BROKERS: 'kafka:9092' }, /kafka:9092 is on another machine/],
    [['rules', 'list', '/nowhere'], {}, /\/nowhere does not exist/],
    [['start'], { SPANWARDEN_NOPE: '1' }, /unknown setting nope \(SPANWARDEN_NOPE\); known are /],
    [['start'], { SPANWARDEN_TLS_CERT: '/nowhere', SPANWARDEN_TLS_KEY: '/nowhere' }, /can't be used \(ENOENT\)/],
    [['start', '--data', '/dev/null/data'], {}, /\/dev\/null\/data can't be written \(ENOTDIR\)/],
    [['sql', 'SELECT 1', '--data', folder], {}, /none can be read from .*: name one with --token/],
    [['orgs', 'list', ...stranger], { SPANWARDEN_API: server.api }, /The token is not valid/],
    [['orgs', 'list', ...stranger], { SPANWARDEN_PORT: nobodysPort }, /no server answers .*ECONNREFUSED.*: start/],
  ])('%j', async (args, env, message) => {
    const { code, stdout, stderr } = await runCommand(args, { env: env as Record<string, string> });
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
    oneLine(stderr);
  });

  it('publishes the schema of the config file', async () => {
    const { code, stdout } = await runCommand(['config', 'schema']);
    expect([code, Object.keys(JSON.parse(stdout).properties)]).toEqual([
      0,
      expect.arrayContaining(['data', 'otlp_port']),
    ]);
  });
});

/** A port on which nothing listens. */
async function unusedPort(): Promise<string> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  holder.close();
  return String(port);
}
