import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from './test-api.ts';

const { store } = await temporaryStore();
let api: Awaited<ReturnType<typeof testApi>>;
beforeAll(async () => {
  api = await testApi(store);
});

const CSRF = { 'x-spanwarden-csrf': '1' };
const signIn = (token: string, headers: Record<string, string> = CSRF) =>
  api.app.inject({ method: 'POST', url: '/api/v1/session', payload: { token }, headers });
const cookieOf = (response: { headers: Record<string, unknown> }) =>
  String(response.headers['set-cookie']).split(';')[0]!;

describe('signing in', () => {
  it('takes a token and answers a cookie that no script can read and no other site can use', async () => {
    const answer = await signIn(api.tokens.analyst);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({ org: 'default', role: 'analyst', operator: false });
    expect(answer.headers['set-cookie']).toMatch(
      /^spanwarden_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/,
    );
    expect(answer.body).not.toContain(api.tokens.analyst);
  });

  it('refuses a token that is not valid, and a request that no page of ours sent', async () => {
    expect((await signIn('spw_wrong')).statusCode).toBe(401);
    expect((await signIn(api.tokens.admin, {})).statusCode).toBe(403);
    expect((await signIn(api.tokens.admin, { ...CSRF, 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
  });

  it('reads with the cookie alone, and changes only with the header of our pages', async () => {
    const cookie = cookieOf(await signIn(api.tokens.admin));
    const ask = (method: 'GET' | 'POST', headers: Record<string, string> = {}) =>
      api.app.inject({
        method,
        url: '/api/v1/tokens',
        headers: { cookie, ...headers },
        ...(method === 'POST' && { payload: { role: 'ingest', name: 'new' } }),
      });
    expect((await ask('GET')).statusCode).toBe(200);
    expect((await ask('POST')).statusCode).toBe(403);
    expect((await ask('POST', { ...CSRF, 'sec-fetch-site': 'same-site' })).statusCode).toBe(403);
    expect((await ask('POST', CSRF)).statusCode).toBe(201);
  });

  it('ends with signing out, and with the revocation of the token', async () => {
    const session = (cookie: string) => api.app.inject({ url: '/api/v1/session', headers: { cookie } });
    const left = cookieOf(await signIn(api.tokens.admin));
    await api.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { cookie: left, ...CSRF } });
    expect((await session(left)).statusCode).toBe(401);

    const made = await api.as(api.tokens.admin)('POST', '/api/v1/tokens', { role: 'analyst', name: 'short' });
    const { id, token } = made.body;
    const revoked = cookieOf(await signIn(token));
    expect((await session(revoked)).statusCode).toBe(200);
    await api.app.inject({
      method: 'DELETE',
      url: `/api/v1/tokens/${id}`,
      headers: { authorization: `Bearer ${api.tokens.admin}` },
    });
    expect((await session(revoked)).statusCode).toBe(401);
  });
});

describe('the pages', () => {
  it('say how to build them when they are not built, under a policy without inline script', async () => {
    const page = await api.app.inject({ url: '/alerts' });
    expect(page.statusCode).toBe(503);
    expect(page.body).toContain('npm run build:web');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  it('leave what is not there under /api and /assets to be a problem document', async () => {
    for (const url of ['/api/v1/nothing', '/assets/nothing.js', '/assets/..%2f..%2fpackage.json']) {
      const answer = await api.app.inject({ url });
      expect(answer.statusCode, url).toBe(404);
      expect(answer.headers['content-type']).toBe('application/problem+json');
    }
  });
});
