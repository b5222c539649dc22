import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../engine/core/alert.ts';
import { sendDemo } from '../../ingest/demo/send-demo.ts';
import { codeOf, quotedIn, readPage, tableRows } from '../markdown.ts';
import { startServer, until } from '../running-server.ts';

const run = promisify(execFile);
const server = await startServer();
afterAll(() => server.stop());

await sendDemo({ url: server.otlp, baseTime: Date.now() - 60_000 });
const alerts = await until(
  async () => {
    const { items } = await server.get<{ items: Alert[] }>('/alerts');
    return items.length >= 4 && items;
  },
  120_000,
  'the alerts of the demo',
);

async function ask(path: string, token: string, body: unknown): Promise<{ status: number; answer: unknown }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(`${server.api}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, answer: await response.json() };
}

describe('analysts.md', () => {
  const page = readPage('docs/analysts.md');
  it('names every column of the spans', async () => {
    const rows = tableRows(page, '`otel_traces`: a row a span');
    const named = rows.flatMap(([columns]) => quotedIn(columns!));
    expect(named.sort()).toEqual((await columnsOf('otel_traces')).sort());
  });

  it.each(tableRows(page, 'The others').map(([table, , columns]) => ({ table: quotedIn(table!)[0]!, columns })))(
    'names every column of $table',
    async ({ table, columns }) => {
      expect(quotedIn(columns!).sort()).toEqual((await columnsOf(table)).sort());
    },
  );

  async function columnsOf(table: string): Promise<string[]> {
    const { answer } = await ask('/sql', server.adminToken, { query: `SELECT * FROM ${table} LIMIT 0` });
    return (answer as { columns: { name: string }[] }).columns.map(({ name }) => name);
  }
});

describe('operations.md', () => {
  it('names exactly the metrics of our own', async () => {
    const text = await (await fetch(`${server.api}/metrics`)).text();
    const served = [...text.matchAll(/^# TYPE (spanwarden_\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    const named = tableRows(readPage('docs/operations.md'), 'Is it well\\?')
      .filter(([name]) => name!.includes('spanwarden_'))
      .map(([name, type]) => `${quotedIn(name!)[0]} ${type}`);
    expect(named.sort()).toEqual(served.sort());
  });
});

describe('api.md', () => {
  it('names exactly the routes that there are', async () => {
    const { paths } = (await (await fetch(`${server.api}/api/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const named = tableRows(readPage('docs/api.md'), 'Routes').flatMap(([routes]) => quotedIn(routes!));
    expect(named.sort()).toEqual(served.sort());
  });
});

const canRun = spawnSync('curl', ['--version']).status === 0 && spawnSync('bash', ['--version']).status === 0;

describe.runIf(canRun)('commands that are marked to be run', () => {
  const pages = ['docs/sending-spans.md', 'docs/on-call.md', 'docs/analysts.md', 'docs/operations.md'];
  const blocks = pages.flatMap((page) => codeOf(readPage(page), 'sh run').map((code) => ({ page, code })));
  const [alert] = alerts;
  const env = {
    ...process.env,
    API: server.api,
    TOKEN: server.adminToken,
    ALERT: alert!.id,
    SESSION: alert!.session_id,
  };

  it.each(blocks)('$page: $code', async ({ code }) => {
    const { stdout } = await run('bash', ['-eu', '-o', 'pipefail', '-c', code], { env, maxBuffer: 16 * 1024 * 1024 });
    expect(stdout).toMatch(/^\{/);
  });

  it('left the alert as the page says', async () => {
    const { log } = await server.get<{ log: { type: string }[] }>(`/alerts/${alert!.id}`);
    const done = ['acknowledged', 'assigned', 'commented', 'closed', 'reopened'];
    expect(log.map(({ type }) => type)).toEqual(expect.arrayContaining(done));
  });
});
