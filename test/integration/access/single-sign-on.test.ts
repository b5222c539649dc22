import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GroupRoles } from '../../../dashboards/auth/account-of-identity.ts';
import { createSingleSignOn } from '../../../dashboards/auth/single-sign-on.ts';
import { migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { insertOrg } from '../../../engine/clickhouse/tables/orgs.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from '../api/test-api.ts';
import { CLIENT, identityProvider, type ProviderAccount } from './identity-provider.ts';

const PUBLIC_URL = 'https://spanwarden.test';
const BEGIN = '/api/v1/single-sign-on';
const CALLBACK = `${BEGIN}/callback`;
const GROUP_ROLES: GroupRoles = { sec: 'security', eng: 'developer', 'acme-eng': 'acme:developer', odd: 'ingest' };

const { store } = await temporaryStore();
const idp = await identityProvider(`${PUBLIC_URL}${CALLBACK}`);
afterAll(idp.stop);
let api: Awaited<ReturnType<typeof testApi>>;

function provider(more: { clientSecret?: string; groupsClaim?: string } = {}) {
  const settings = {
    issuer: idp.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    scopes: 'openid email profile',
    groupsClaim: 'groups',
    redirectUri: `${PUBLIC_URL}${CALLBACK}`,
    ...more,
  };
  return createSingleSignOn(settings, systemClock);
}

beforeAll(async () => {
  await migrateOrg(store, 'org_acme');
  await insertOrg(store, { slug: 'acme', name: 'Acme', now: Date.now() });
  api = await testApi(store, {}, [], {
    singleSignOn: { provider: provider(), groupRoles: GROUP_ROLES, name: 'Test ID' },
  });
});

const person = (name: string, ...groups: string[]): ProviderAccount => ({
  sub: `sub-${name}`,
  email: `${name}@example.org`,
  name,
  groups,
});

async function begin(query = '', of = api) {
  const answer = await of.app.inject({ url: `${BEGIN}${query}` });
  const cookie = String(answer.headers['set-cookie']);
  return { url: String(answer.headers.location), cookie: cookie.split(';')[0]!, whole: cookie };
}

async function finish(cookie: string, query: URLSearchParams, of = api) {
  const answer = await of.app.inject({ url: `${CALLBACK}?${query}`, headers: cookie === '' ? {} : { cookie } });
  const cookies = [answer.headers['set-cookie'] ?? []].flat();
  const session = cookies.find((header) => header.startsWith('spanwarden_session='))?.split(';')[0];
  return { status: answer.statusCode, to: answer.headers.location, session };
}

async function signIn(account: ProviderAccount, query = '', of = api) {
  idp.set(account);
  const flow = await begin(query, of);
  return finish(flow.cookie, await idp.walk(flow.url), of);
}

const whoIs = async (session: string | undefined, of = api) =>
  (await of.app.inject({ url: '/api/v1/session', headers: { cookie: session ?? '' } })).json();

describe('signing in at the identity provider', () => {
  it('sends there with PKCE, state and nonce, and ties the way back to the browser', async () => {
    const flow = await begin();
    const { searchParams } = new URL(flow.url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: CLIENT.id,
      code_challenge_method: 'S256',
      redirect_uri: `${PUBLIC_URL}${CALLBACK}`,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(flow.whole).toMatch(/; HttpOnly; SameSite=Lax; Max-Age=600$/);
    expect((await api.app.inject('/api/v1/session/ways')).json()).toEqual({ single_sign_on: 'Test ID' });
  });

  it('makes the account with the highest role that the groups give, and a session of it', async () => {
    const { to, session } = await signIn(person('ada', 'eng', 'sec', 'unknown'));
    expect(to).toBe('/');
    expect(await whoIs(session)).toMatchObject({ name: 'ada@example.org', org: 'default', role: 'security' });
    const { items } = (await api.as(api.tokens.admin)('GET', '/api/v1/users')).body;
    expect(items).toEqual([
      expect.objectContaining({ email: 'ada@example.org', role: 'security', password: false, single_sign_on: true }),
    ]);
    const log = (await api.as(api.tokens.admin)('GET', '/api/v1/audit?action=session.begin')).body.items;
    expect(log[0]).toMatchObject({ actor: expect.stringMatching(/^ada@example.org/), detail: 'single sign-on' });
  });

  it('brings the role in line at the next sign-in, which ends sessions under the former', async () => {
    const former = await signIn(person('bob', 'sec'));
    const next = await signIn(person('bob', 'eng'));
    expect(await whoIs(next.session)).toMatchObject({ role: 'developer' });
    expect(await whoIs(former.session)).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('lets groups lead into other orgs, into the one that was asked for', async () => {
    expect(await whoIs((await signIn(person('cyd', 'acme-eng'))).session)).toMatchObject({ org: 'acme' });
    const both = person('dot', 'acme-eng', 'sec');
    expect(await whoIs((await signIn(both)).session)).toMatchObject({ org: 'default', role: 'security' });
    expect(await whoIs((await signIn(both, '?org=acme')).session)).toMatchObject({ org: 'acme', role: 'developer' });
    expect((await signIn(person('cyd', 'acme-eng'), '?org=default')).to).toBe('/?sign_in=no-role');
  });

  it('refuses who is in no group with a role, ends their sessions, and makes no account', async () => {
    const before = await signIn(person('eve', 'eng'));
    for (const account of [person('eve', 'unknown'), person('eve'), person('fay', 'odd'), person('gus', '__proto__')]) {
      const { to, session } = await signIn(account);
      expect([to, session], account.sub).toEqual(['/?sign_in=no-role', undefined]);
    }
    expect(await whoIs(before.session)).toMatchObject({ code: 'UNAUTHENTICATED' });
    const { text } = await api.as(api.tokens.admin)('GET', '/api/v1/users');
    expect(text).not.toMatch(/fay@|gus@/);
  });

  it('takes a local account over only when the provider vouches for the address, and never one of another subject', async () => {
    const admin = api.as(api.tokens.admin);
    await admin('POST', '/api/v1/users', { email: 'hal@example.org', role: 'analyst', password: 'a long enough pass' });
    const hal = person('hal', 'eng');
    expect((await signIn(hal)).to).toBe('/?sign_in=no-role');
    expect((await signIn({ ...hal, email_verified: true })).to).toBe('/');
    expect((await signIn({ ...hal, sub: 'another', email_verified: true })).to).toBe('/?sign_in=no-role');
  });

  it('keeps out whom an administrator disabled, whatever the groups say', async () => {
    const ivy = person('ivy', 'sec');
    const { session } = await signIn(ivy);
    const admin = api.as(api.tokens.admin);
    const { items } = (await admin('GET', '/api/v1/users')).body;
    const { id } = items.find(({ email }: { email: string }) => email === ivy.email);
    await admin('POST', `/api/v1/users/${id}`, { disabled: true });
    expect(await whoIs(session)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect((await signIn(ivy)).to).toBe('/?sign_in=no-role');
  });
});

describe('the way back is refused', () => {
  const fails = { status: 302, to: '/?sign_in=failed', session: undefined };
  const joe = person('joe', 'sec');

  /** A flow whose page at the provider was walked, with the query of the way back. */
  async function walked(change: (url: URL) => void = () => {}) {
    idp.set(joe);
    const flow = await begin();
    const url = new URL(flow.url);
    change(url);
    return { cookie: flow.cookie, query: await idp.walk(url.href) };
  }

  it('with a wrong state', async () => {
    const { cookie, query } = await walked();
    query.set('state', 'x'.repeat(43));
    expect(await finish(cookie, query)).toEqual(fails);
  });

  it('without a state', async () => {
    const { cookie, query } = await walked();
    query.delete('state');
    expect(await finish(cookie, query)).toEqual(fails);
  });

  it('with a wrong nonce in the ID token', async () => {
    const { cookie, query } = await walked((url) => url.searchParams.set('nonce', 'n'.repeat(43)));
    expect(await finish(cookie, query)).toEqual(fails);
  });

  it('with a code for another code challenge', async () => {
    const { cookie, query } = await walked((url) => url.searchParams.set('code_challenge', 'c'.repeat(43)));
    expect(await finish(cookie, query)).toEqual(fails);
  });

  it('in a browser that did not begin it', async () => {
    const { query } = await walked();
    const other = await begin();
    expect(await finish('', query)).toEqual(fails);
    expect(await finish(other.cookie, query)).toEqual(fails);
  });

  it('a second time, and with the code of another time', async () => {
    const { cookie, query } = await walked();
    expect((await finish(cookie, query)).to).toBe('/');
    expect(await finish(cookie, query)).toEqual(fails);
    const again = await walked();
    again.query.set('code', query.get('code')!);
    expect(await finish(again.cookie, again.query)).toEqual(fails);
  });

  it('with an ID token that has expired', async () => {
    const own = provider();
    const { url, flow } = await own.begin(undefined);
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      idp.set(joe, () => vi.setSystemTime(Date.now() + 3_600_000));
      const refused = await own.finish(flow, `?${await idp.walk(url)}`).catch((error: Error) => error);
      expect((refused as Error).cause).toMatchObject({ code: 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('with an error of the provider, and with no code at all', async () => {
    for (const change of [{ error: 'access_denied' }, {}]) {
      const { cookie, query } = await walked();
      query.delete('code');
      for (const [name, value] of Object.entries(change)) query.set(name, value);
      expect(await finish(cookie, query)).toEqual(fails);
    }
  });

  it('from another issuer', async () => {
    const { cookie, query } = await walked();
    query.set('iss', 'https://evil.example');
    expect(await finish(cookie, query)).toEqual(fails);
  });

  it('when this server has the wrong secret, and nothing of it is told', async () => {
    const wrong = await testApi(store, {}, [], {
      singleSignOn: { provider: provider({ clientSecret: 'guessed' }), groupRoles: GROUP_ROLES, name: 'x' },
    });
    expect(await signIn(joe, '', wrong)).toEqual(fails);
  });
});

describe('without a provider', () => {
  it('says that there is none', async () => {
    const without = await testApi(store);
    expect((await begin('', without)).url).toBe('/?sign_in=unavailable');
    expect((await without.app.inject('/api/v1/session/ways')).json()).toEqual({ single_sign_on: null });
  });

  it('says that it does not answer, and asks again the next time', async () => {
    const gone = createSingleSignOn(
      {
        issuer: 'http://127.0.0.1:9',
        clientId: 'x',
        scopes: 'openid',
        groupsClaim: 'groups',
        redirectUri: `${PUBLIC_URL}${CALLBACK}`,
      },
      systemClock,
    );
    const of = await testApi(store, {}, [], { singleSignOn: { provider: gone, groupRoles: {}, name: 'x' } });
    expect((await begin('', of)).url).toBe('/?sign_in=unavailable');
    expect(of.errors).toHaveLength(1);
  });
});
