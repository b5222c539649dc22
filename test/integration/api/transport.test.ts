import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { guardedStore } from './guarded-store.ts';
import { testApi } from './test-api.ts';

const { store } = await guardedStore();

describe('answers', () => {
  it('are compressed for who accepts it, and not sent again when unchanged', async () => {
    const { app, tokens } = await testApi(store);
    const headers = { authorization: `Bearer ${tokens.analyst}` };
    const plain = await app.inject({ url: '/api/v1/saved-queries', headers });
    expect(plain.headers['content-encoding']).toBeUndefined();
    const gzip = await app.inject({ url: '/api/v1/saved-queries', headers: { ...headers, 'accept-encoding': 'gzip' } });
    expect(gzip.headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: 'accept-encoding',
      etag: plain.headers.etag,
    });
    expect(gunzipSync(gzip.rawPayload).toString()).toBe(plain.body);

    const { etag } = plain.headers;
    const again = await app.inject({ url: '/api/v1/saved-queries', headers: { ...headers, 'if-none-match': etag } });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it('of one token do not end in the cache of another: the tag alone opens nothing', async () => {
    const { app, tokens } = await testApi(store);
    const { etag } = (await app.inject({ url: '/api/v1/orgs', headers: { authorization: `Bearer ${tokens.admin}` } }))
      .headers;
    const answer = await app.inject({
      url: '/api/v1/orgs',
      headers: { authorization: `Bearer ${tokens.ingest}`, 'if-none-match': etag },
    });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['cache-control']).toBe('no-store');
  });
});

describe('requests', () => {
  it('of one token have a limit, which others do not feel', async () => {
    const { as, tokens } = await testApi(store, { requestsPerMinute: 3 });
    const [admin, analyst] = [as(tokens.admin), as(tokens.analyst)];
    for (const left of ['2', '1', '0']) {
      const answer = await admin('GET', '/api/v1/alerts');
      expect([answer.status, answer.headers['ratelimit-remaining']]).toEqual([200, left]);
    }
    const refused = await admin('GET', '/api/v1/alerts');
    expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED', status: 429 } });
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await analyst('GET', '/api/v1/alerts')).status).toBe(200);
  });

  it('without a token neither count nor are counted', async () => {
    const { app } = await testApi(store, { requestsPerMinute: 1 });
    for (let times = 0; times < 3; times++) {
      expect((await app.inject('/healthz')).statusCode).toBe(200);
      expect((await app.inject('/api/v1/alerts')).statusCode).toBe(401);
    }
  });
});
