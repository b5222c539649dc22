import { afterAll, describe, expect, it } from 'vitest';
import { readQueryLibrary } from '../../dashboards/api/queries/query-library.ts';
import { sendDemo } from '../../ingest/demo/send-demo.ts';
import { startServer, until } from '../running-server.ts';

const server = await startServer();
afterAll(() => server.stop());
await sendDemo({ url: server.otlp, baseTime: Date.now() - 60_000 });
await until(
  async () => (await server.get<{ items: unknown[] }>('/alerts')).items.length >= 4,
  60_000,
  'the alerts of the demo',
);

const analyst = await newToken('analyst');

/** Whatever came: tests look into it. */
// biome-ignore lint/suspicious/noExplicitAny: see above
type Answer = { status: number; answer: any };

/** Questions about what the demo, rightly, has none of. */
const EMPTY_ON_THE_DEMO = ['denied-actions', 'delegations'];

describe('the library of queries', () => {
  it.each(readQueryLibrary('sql/queries'))(
    'runs $id for an analyst, with its defaults',
    async ({ id, query, params }) => {
      const values = Object.fromEntries(params.map(({ name, value }) => [name, value]));
      const { status, answer } = await call('POST', '/sql', analyst, { query, params: values });
      expect(status, JSON.stringify(answer)).toBe(200);
      if (!EMPTY_ON_THE_DEMO.includes(id)) expect(answer.rows.length).toBeGreaterThan(0);
      const used = [...query.matchAll(/\{\s*(\w+)\s*:/g)].map(([, name]) => name);
      expect(Object.keys(values).sort()).toEqual([...new Set(used)].sort());
    },
  );
});

describe('saved queries', () => {
  const body = {
    title: 'Mine',
    query: 'SELECT {n: UInt8}',
    params: [{ name: 'n', value: 3 }],
  };

  it('are private until they are shared, and only their author and admins change them', async () => {
    const other = await newToken('analyst');
    const made = await call('POST', '/saved-queries', analyst, body);
    expect(made).toMatchObject({ status: 201, answer: { ...body, shared: false, own: true, built_in: false } });
    const path = `/saved-queries/${made.answer.id}`;
    expect(await idsOf(analyst)).toContain(made.answer.id);
    expect(await idsOf(other)).not.toContain(made.answer.id);
    expect((await call('POST', path, other, body)).status).toBe(404);

    expect((await call('POST', path, analyst, { ...body, shared: true })).status).toBe(200);
    expect(await idsOf(other)).toContain(made.answer.id);
    expect((await call('POST', path, other, body)).status).toBe(403);
    expect((await call('DELETE', path, other)).status).toBe(403);

    expect((await call('DELETE', path, server.adminToken)).status).toBe(204);
    expect(await idsOf(analyst)).not.toContain(made.answer.id);
  });

  it('are refused when they are no queries, and stay within the org', async () => {
    expect((await call('POST', '/saved-queries', analyst, { title: ' ', query: 'SELECT 1' })).status).toBe(400);
    expect((await call('POST', '/saved-queries', analyst, { ...body, params: [{ name: 'a b' }] })).status).toBe(400);
    await call('POST', '/orgs', server.adminToken, { slug: 'other', name: 'Other' });
    const { answer } = await call('POST', '/saved-queries', analyst, { ...body, shared: true });
    const outside = await newToken('admin', 'other');
    expect(await idsOf(outside)).not.toContain(answer.id);
    expect((await call('DELETE', `/saved-queries/${answer.id}`, outside)).status).toBe(404);
  });
});

async function idsOf(token: string): Promise<string[]> {
  return (await call('GET', '/saved-queries', token)).answer.items.map(({ id }: { id: string }) => id);
}

async function newToken(role: string, org = 'default'): Promise<string> {
  return (await call('POST', '/tokens', server.adminToken, { role, org, name: 'reader' })).answer.token;
}

async function call(method: string, path: string, token: string, body?: unknown): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const response = await fetch(`${server.api}/api/v1${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, answer: text === '' ? undefined : JSON.parse(text) };
}
