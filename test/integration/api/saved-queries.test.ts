import { describe, expect, it } from 'vitest';
import { migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { insertOrg } from '../../../engine/clickhouse/tables/orgs.ts';
import { until } from '../../running-server.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from './test-api.ts';

const { store } = await temporaryStore();
const api = await testApi(store);
const admin = api.as(api.tokens.admin);
const analyst = api.as(api.tokens.analyst);
await insertOrg(store, { slug: 'other', name: 'Other', now: Date.now() });
await migrateOrg(store, 'org_other');
const elsewhere = api.as(await api.token('admin', 'other'));
const PATH = '/api/v1/saved-queries';
const QUERY = { name: 'Calls', query: 'SELECT {n: UInt8}', params: { n: '1' } };

describe('a saved query', () => {
  it('is its author’s alone until it is shared, and never another org’s', async () => {
    const made = await analyst('POST', PATH, QUERY);
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({ ...QUERY, shared: false, own: true, description: '' });
    const names = async (who: typeof admin) =>
      (await who('GET', PATH)).body.items.map((one: { name: string }) => one.name);
    expect(await names(analyst)).toEqual(['Calls']);
    expect(await names(admin)).toEqual([]);
    const path = `${PATH}/${made.body.id}`;
    expect((await admin('POST', path, QUERY)).status).toBe(404);

    expect((await analyst('POST', path, { ...QUERY, shared: true })).body).toMatchObject({ shared: true });
    expect((await admin('GET', PATH)).body.items).toMatchObject([{ name: 'Calls', own: false }]);
    expect(await names(elsewhere)).toEqual([]);
    expect((await admin('DELETE', path)).status).toBe(403);
    expect((await elsewhere('DELETE', path)).status).toBe(404);
    expect((await analyst('DELETE', path)).status).toBe(204);
    expect(await names(admin)).toEqual([]);
  });
});

describe('a query whose asker goes away', () => {
  it('is ended in the engine', async () => {
    const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
    const abort = new AbortController();
    const running = async () =>
      (await store.query("SELECT 1 FROM system.processes WHERE startsWith(Settings['log_comment'], 'sql ')")).length;
    const asked = fetch(`${address}/api/v1/sql`, {
      method: 'POST',
      signal: abort.signal,
      headers: { authorization: `Bearer ${api.tokens.analyst}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'SELECT sum(cityHash64(a.number, b.number)) FROM numbers(1000000) AS a CROSS JOIN numbers(1000000) AS b',
      }),
    }).catch(() => undefined);
    const ended = asked.then((answer) => answer?.text());
    await until(async () => (await running()) > 0, 60_000, 'the query under way');
    abort.abort();
    await until(async () => (await running()) === 0, 60_000, 'the end of the query');
    await ended;
    await api.app.close();
  });
});
