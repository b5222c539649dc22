import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from './test-api.ts';

let api: Awaited<ReturnType<typeof testApi>>;
let operator: ReturnType<typeof api.as>;
let acme: ReturnType<typeof api.as>;
let store: Awaited<ReturnType<typeof temporaryStore>>['store'];
beforeAll(async () => {
  ({ store } = await temporaryStore());
  api = await testApi(store);
  operator = api.as(api.tokens.admin);
  await operator('POST', '/api/v1/orgs', { slug: 'acme', name: 'Acme' });
  acme = api.as(await api.token('admin', 'acme'));
});

async function daysOfSpans(database: string): Promise<number> {
  const [row] = await store.query<{ days: string }>(
    "SELECT extract(engine_full, 'toIntervalDay\\\\((\\\\d+)\\\\)') AS days FROM system.tables WHERE database = {database: String} AND name = 'otel_traces'",
    { database },
  );
  return Number(row?.days);
}

describe('/api/v1/retention', () => {
  it('shows what is set and what may be', async () => {
    const shown = await operator('GET', '/api/v1/retention');
    expect([shown.status, shown.body]).toEqual([
      200,
      { org: 'default', retention_days: 90, least_days: 30, most_days: 400 },
    ]);
  });

  it('sets the org’s tables and record, and says so in the audit log', async () => {
    const set = await operator('POST', '/api/v1/retention', { retention_days: 30 });
    expect(set.body).toMatchObject({ org: 'default', retention_days: 30 });
    expect((await operator('GET', '/api/v1/retention')).body.retention_days).toBe(30);
    expect((await operator('GET', '/api/v1/orgs')).body.items).toContainEqual(
      expect.objectContaining({ slug: 'default', name: 'Default', retention_days: 30 }),
    );
    expect([await daysOfSpans('org_default'), await daysOfSpans('org_acme')]).toEqual([30, 90]);
    expect((await operator('GET', '/api/v1/audit?limit=1')).body.items).toMatchObject([
      { action: 'retention.set', subject: 'default', detail: '90 to 30 days' },
    ]);
  });

  it.each([29, 401, 0, -1, 30.5, '90', null])('refuses %s days', async (retention_days) => {
    const refused = await operator('POST', '/api/v1/retention', { retention_days });
    expect([refused.status, refused.body.code]).toEqual([400, 'BAD_REQUEST']);
    expect(await daysOfSpans('org_default')).toBe(30);
  });

  it('lets the operator set other orgs, an org’s admin only its own, and nobody else any', async () => {
    expect((await operator('POST', '/api/v1/retention', { org: 'acme', retention_days: 400 })).status).toBe(200);
    expect((await acme('GET', '/api/v1/retention')).body).toMatchObject({ org: 'acme', retention_days: 400 });
    expect((await acme('POST', '/api/v1/retention', { retention_days: 45 })).status).toBe(200);
    expect(await daysOfSpans('org_acme')).toBe(45);
    expect((await acme('POST', '/api/v1/retention', { org: 'default', retention_days: 45 })).status).toBe(403);
    expect((await acme('GET', '/api/v1/retention?org=nope')).status).toBe(403);
    expect((await operator('GET', '/api/v1/retention?org=nope')).status).toBe(404);
    expect((await api.as(api.tokens.analyst)('GET', '/api/v1/retention')).status).toBe(403);
    expect((await api.as(api.tokens.analyst)('POST', '/api/v1/retention', { retention_days: 45 })).status).toBe(403);
  });
});
