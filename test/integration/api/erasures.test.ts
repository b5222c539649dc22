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

const TRACE = '0123456789abcdef0123456789abcdef';

describe('/api/v1/erasures', () => {
  it('takes a wish, shows how far it is, and never again what it was', async () => {
    const taken = await operator('POST', '/api/v1/erasures', { kind: 'session', id: 'session-of-somebody' });
    expect(taken).toMatchObject({
      status: 202,
      body: { org: 'default', kind: 'session', state: 'waiting', finished_at: null, spans: 0, error: '' },
    });
    const { id, requested_at, due_at } = taken.body;
    expect(Date.parse(due_at) - Date.parse(requested_at)).toBe(24 * 3_600_000);
    const shown = await operator('GET', `/api/v1/erasures/${id}`);
    expect(shown.body).toEqual(taken.body);
    const list = await operator('GET', '/api/v1/erasures');
    expect(list.body).toEqual({ items: [taken.body], next_cursor: null });
    const audit = await operator('GET', '/api/v1/audit?limit=1');
    expect(audit.body.items).toMatchObject([{ action: 'erasure.request', subject: id, detail: 'session' }]);
    expect([shown.text, list.text, audit.text].join('')).not.toContain('session-of-somebody');
  });

  it('pages', async () => {
    await operator('POST', '/api/v1/erasures', { kind: 'trace', id: TRACE });
    const first = await operator('GET', '/api/v1/erasures?limit=1');
    const second = await operator('GET', `/api/v1/erasures?limit=1&cursor=${first.body.next_cursor}`);
    expect([first, second].map(({ body }) => body.items[0].kind)).toEqual(['trace', 'session']);
    expect((await operator('GET', '/api/v1/erasures?cursor=bm8')).status).toBe(400);
  });

  it('knows a user under the token that redaction made of the name', async () => {
    const taken = await operator('POST', '/api/v1/erasures', { kind: 'user', id: 'ann.lee@corp.example' });
    expect(taken.status).toBe(202);
  });

  it.each([
    { kind: 'session', id: '' },
    { kind: 'trace', id: 'not hex' },
    { kind: 'agent', id: 'a' },
    { kind: 'org', id: 'acme', org: 'default' },
  ])('refuses %j', async (body) => {
    expect((await operator('POST', '/api/v1/erasures', body)).status).toBe(400);
  });

  it('is for the org’s own admins; the operator erases other orgs as wholes', async () => {
    expect((await acme('POST', '/api/v1/erasures', { kind: 'org', id: 'default' })).status).toBe(403);
    expect((await acme('GET', '/api/v1/erasures?org=default')).status).toBe(403);
    expect((await operator('POST', '/api/v1/erasures', { kind: 'user', id: 'u', org: 'acme' })).status).toBe(403);
    expect((await operator('POST', '/api/v1/erasures', { kind: 'org', id: 'nope' })).status).toBe(404);
    expect((await operator('POST', '/api/v1/erasures', { kind: 'org', id: 'acme' })).status).toBe(202);
    expect((await operator('GET', '/api/v1/erasures?org=acme')).body.items).toHaveLength(1);
    expect((await acme('GET', '/api/v1/erasures')).body.items).toHaveLength(1);
    for (const token of [api.tokens.analyst, api.tokens.ingest])
      expect((await api.as(token)('POST', '/api/v1/erasures', { kind: 'trace', id: TRACE })).status).toBe(403);
  });
});

describe('/api/v1/archive', () => {
  it('shows where, and lets an admin choose another place', async () => {
    const nothing = { archived_to: null, rows: 0, bytes: 0, error: '' };
    expect((await acme('GET', '/api/v1/archive')).body).toEqual({ target: { kind: 'folder' }, ...nothing });
    const off = await acme('POST', '/api/v1/archive', { target: { kind: 'off' } });
    expect(off).toMatchObject({ status: 200, body: { target: { kind: 'off' } } });
    expect((await acme('GET', '/api/v1/audit?limit=1')).body.items).toMatchObject([
      { action: 'archive.choose', subject: 'acme', detail: 'off' },
    ]);
  });

  it.each([
    { kind: 's3' },
    { kind: 's3', bucket: 'Not A Bucket' },
    { kind: 's3', bucket: 'abc', prefix: '../x/' },
    { kind: 's3', bucket: 'abc', endpoint: 'file:///etc' },
    { kind: 'folder', path: '/etc' },
  ])('refuses %j', async (target) => {
    expect((await acme('POST', '/api/v1/archive', { target })).status).toBe(400);
  });

  it('keeps a place only when it can be written to', async () => {
    const target = { kind: 's3', bucket: 'abc', endpoint: 'http://127.0.0.1:9', access_key_id: 'a' };
    const refused = await acme('POST', '/api/v1/archive', { target, secret_access_key: 'never shown' });
    expect([refused.status, refused.body.code]).toEqual([502, 'ARCHIVE_UNAVAILABLE']);
    expect((await acme('POST', '/api/v1/archive', { target })).status).toBe(400);
    expect((await acme('GET', '/api/v1/archive')).body.target).toEqual({ kind: 'off' });
  });
});
