import { beforeAll, describe, expect, it } from 'vitest';
import type { PeopleRole } from '../../../dashboards/auth/permissions.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { testApi } from '../api/test-api.ts';

const CSRF = { 'x-spanwarden-csrf': '1' };
const PASSWORD = 'correct horse battery';
const NEXT = 'staple correct horse';

const { store } = await temporaryStore();
let now = Date.now();
let api: Awaited<ReturnType<typeof testApi>>;
let admin: ReturnType<typeof api.as>;
beforeAll(async () => {
  api = await testApi(store, {}, [], { clock: () => now });
  admin = api.as(api.tokens.admin);
});

let people = 0;
/** A new person with a password. */
async function person(role: PeopleRole = 'developer', more: Record<string, unknown> = {}) {
  people += 1;
  const email = `p${people}@example.org`;
  const { status, body } = await admin('POST', '/api/v1/users', { email, role, password: PASSWORD, ...more });
  expect(status, JSON.stringify(body)).toBe(201);
  return { email, id: body.id as string };
}

interface Try {
  readonly password?: string;
  readonly org?: string;
  readonly address?: string;
}

async function signIn(email: string, { password = PASSWORD, org, address = '192.0.2.1' }: Try = {}) {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { email, password, ...(org !== undefined && { org }) },
    headers: CSRF,
    remoteAddress: address,
  });
  const cookie = String(answer.headers['set-cookie'] ?? '').split(';')[0]!;
  return { status: answer.statusCode, body: answer.json(), cookie, headers: answer.headers };
}

const whoIs = async (cookie: string) =>
  (await api.app.inject({ url: '/api/v1/session', headers: { cookie } })).statusCode;

describe('accounts', () => {
  it('sign in with a password, under any spelling of the address, and are not shown it', async () => {
    const { email, id } = await person('manager', { user_ids: ['u-1'] });
    const { status, body } = await signIn(email.toUpperCase());
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({ name: email, org: 'default', role: 'manager', account: true, operator: false }),
    ]);
    const listed = await admin('GET', '/api/v1/users');
    expect(listed.body.items).toContainEqual(expect.objectContaining({ id, user_ids: ['u-1'], password: true }));
    expect(listed.text).not.toMatch(/argon2|password_hash|stamp/);
    const [{ hash }] = (await store.query<{ hash: string }>(
      'SELECT password_hash AS hash FROM spanwarden.users FINAL WHERE id = {id: String}',
      { id },
    )) as [{ hash: string }];
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it.each([
    ['an address twice', { email: 'P1@example.org', role: 'analyst' }, 409],
    ['no address', { email: 'nobody', role: 'analyst' }, 400],
    ['a role of machines', { email: 'x@example.org', role: 'ingest' }, 400],
    ['a short password', { email: 'x@example.org', role: 'analyst', password: 'elevenchars' }, 400],
    ['a password of the name', { email: 'alice@example.org', role: 'analyst', password: 'alice-and-more' }, 400],
    ['a password of few characters', { email: 'x@example.org', role: 'analyst', password: 'abababababab' }, 400],
    ['an org that is not there', { email: 'x@example.org', role: 'analyst', org: 'none' }, 404],
  ])('refuse %s', async (_, body, status) => {
    expect((await admin('POST', '/api/v1/users', body)).status).toBe(status);
  });

  it('are out at once when they are disabled, and in again when they are not', async () => {
    const { email, id } = await person();
    const { cookie } = await signIn(email);
    expect(await whoIs(cookie)).toBe(200);
    await admin('POST', `/api/v1/users/${id}`, { disabled: true });
    expect(await whoIs(cookie)).toBe(401);
    expect((await signIn(email)).status).toBe(401);
    await admin('POST', `/api/v1/users/${id}`, { disabled: false });
    expect(await whoIs(cookie)).toBe(401);
    expect((await signIn(email)).status).toBe(201);
  });

  it('lose their sessions with another role or password, not with another name', async () => {
    const { email, id } = await person();
    const { cookie } = await signIn(email);
    await admin('POST', `/api/v1/users/${id}`, { name: 'Another' });
    expect(await whoIs(cookie)).toBe(200);
    await admin('POST', `/api/v1/users/${id}`, { role: 'analyst' });
    expect(await whoIs(cookie)).toBe(401);
    const again = await signIn(email);
    await admin('POST', `/api/v1/users/${id}`, { password: NEXT });
    expect(await whoIs(again.cookie)).toBe(401);
    expect([(await signIn(email)).status, (await signIn(email, { password: NEXT })).status]).toEqual([401, 201]);
  });

  it('change their own password with the one they have, which ends their other sessions', async () => {
    const { email } = await person();
    const [here, there] = [await signIn(email), await signIn(email)];
    const change = (payload: Record<string, string>, headers: Record<string, string> = CSRF) =>
      api.app.inject({
        method: 'POST',
        url: '/api/v1/session/password',
        payload,
        headers: { cookie: here.cookie, ...headers },
      });
    expect((await change({ password: PASSWORD, new_password: NEXT }, {})).statusCode).toBe(403);
    expect((await change({ password: 'wrong', new_password: NEXT })).statusCode).toBe(401);
    const changed = await change({ password: PASSWORD, new_password: NEXT });
    expect(changed.statusCode).toBe(200);
    const renewed = String(changed.headers['set-cookie']).split(';')[0]!;
    expect([await whoIs(renewed), await whoIs(here.cookie), await whoIs(there.cookie)]).toEqual([200, 401, 401]);
    expect((await admin('POST', '/api/v1/session/password', { password: 'x', new_password: NEXT })).status).toBe(403);
  });

  it('keep administrators from locking themselves out and from making sessions theirs', async () => {
    const { email, id } = await person('admin');
    const { cookie } = await signIn(email);
    const own = (payload: Record<string, unknown>) =>
      api.app.inject({ method: 'POST', url: `/api/v1/users/${id}`, payload, headers: { cookie, ...CSRF } });
    for (const change of [{ disabled: true }, { role: 'analyst' }, { user_ids: ['of-another'] }])
      expect((await own(change)).statusCode).toBe(409);
    expect((await own({ name: 'Me' })).statusCode).toBe(200);
  });
});

describe('signing in', () => {
  it('answers the same whatever is wrong', async () => {
    const { email, id } = await person();
    const disabled = await person();
    await admin('POST', `/api/v1/users/${disabled.id}`, { disabled: true });
    const sso = 'sso@example.org';
    await admin('POST', '/api/v1/users', { email: sso, role: 'analyst' });
    const tries = [
      await signIn(email, { password: 'wrong password' }),
      await signIn(email, { org: 'acme' }),
      await signIn('nobody@example.org'),
      await signIn(disabled.email),
      await signIn(sso, { password: ' ' }),
    ];
    for (const { status, body, headers } of tries) {
      expect({ ...body, request_id: '' }).toEqual({ ...tries[0]!.body, request_id: '' });
      expect([status, headers['set-cookie']]).toEqual([401, undefined]);
      expect(JSON.stringify(body)).not.toContain(id);
    }
  });

  it('makes whoever guesses at an account wait longer and longer, whether it is there or not', async () => {
    const { email } = await person();
    for (const account of [email, 'nobody-at-all@example.org']) {
      const wrong = () => signIn(account, { password: 'wrong password', address: '192.0.2.7' });
      for (let i = 0; i < 5; i++) expect((await wrong()).status).toBe(401);
      const waits: number[] = [];
      for (let i = 0; i < 4; i++) {
        const { status, headers } = await wrong();
        expect(status).toBe(429);
        waits.push(Number(headers['retry-after']));
        now += waits.at(-1)! * 1_000;
        expect((await wrong()).status).toBe(401);
      }
      expect(waits).toEqual([1, 2, 4, 8]);
    }
    // The right password waits too, from elsewhere as well: it could be the guess.
    expect((await signIn(email, { address: '198.51.100.1' })).status).toBe(429);
    now += 3_600_000;
    expect((await signIn(email)).status).toBe(201);
  });

  it('makes whoever guesses at many accounts from one place wait', async () => {
    const networks = [
      ['203.0.113.9', '203.0.113.9'],
      ['2001:db8:1:2::5', '2001:db8:1:2:ffff::9'],
    ] as const;
    const { email } = await person();
    for (const [first, second] of networks) {
      const statuses = [];
      for (let i = 0; i < 31; i++) {
        const guess = { password: 'wrong password', address: i % 2 ? first : second };
        statuses.push((await signIn(`guess-${first}-${i}@example.org`, guess)).status);
      }
      expect(statuses).toEqual([...Array(30).fill(401), 429]);
      expect((await signIn(email, { address: second })).status).toBe(429);
    }
    expect((await signIn(email, { address: '2001:db8:1:3::5' })).status).toBe(201);
  });

  it('counts tries that come at once', async () => {
    const { email } = await person();
    const guesses = await Promise.all(
      Array.from({ length: 20 }, () => signIn(email, { password: 'wrong password', address: '192.0.2.40' })),
    );
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(5);
  });

  it('makes whoever guesses at tokens wait', async () => {
    const guess = () =>
      api.app.inject({
        method: 'POST',
        url: '/api/v1/session',
        payload: { token: `spw_${'0'.repeat(43)}` },
        headers: CSRF,
        remoteAddress: '192.0.2.50',
      });
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await guess()).statusCode);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('gives a cookie that over TLS belongs to this host alone', async () => {
    const secure = await testApi(store, { secureCookies: true }, [], { clock: () => now });
    const { email } = await person();
    const answer = await secure.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: { email, password: PASSWORD },
      headers: CSRF,
    });
    const header = String(answer.headers['set-cookie']);
    expect(header).toMatch(
      /^__Host-spanwarden_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/,
    );
    const [cookie = ''] = header.split(';');
    const status = async (sent: string) =>
      (await secure.app.inject({ url: '/api/v1/session', headers: { cookie: sent } })).statusCode;
    expect([await status(cookie), await status(cookie.replace('__Host-', ''))]).toEqual([200, 401]);
  });

  it('ends after twelve hours', async () => {
    const { email } = await person();
    const { cookie } = await signIn(email);
    now += 12 * 3_600_000 + 1;
    expect(await whoIs(cookie)).toBe(401);
  });
});

describe('tokens', () => {
  it('end when they said they would, a year from now when they did not, and those of senders never', async () => {
    const make = async (body: Record<string, unknown>) =>
      (await admin('POST', '/api/v1/tokens', { name: 'n', role: 'analyst', ...body })).body;
    const day = 86_400_000;
    const usual = await make({});
    expect(Date.parse(usual.expires_at)).toBe(now + 365 * day);
    expect((await make({ role: 'ingest' })).expires_at).toBeNull();
    expect((await make({ expires_in_days: null })).expires_at).toBeNull();
    const short = await make({ expires_in_days: 2 });
    const status = async () => (await api.as(short.token)('GET', '/api/v1/rules')).status;
    expect(await status()).toBe(200);
    now += 2 * day;
    expect(await status()).toBe(401);
  });

  it('tell when they were last used', async () => {
    const { id, token } = (await admin('POST', '/api/v1/tokens', { name: 'used', role: 'analyst' })).body;
    const lastUse = async () => {
      const { items } = (await admin('GET', '/api/v1/tokens')).body;
      return items.find((item: { id: string }) => item.id === id).last_used_at as string | null;
    };
    expect(await lastUse()).toBeNull();
    await api.as(token)('GET', '/api/v1/rules');
    await expect.poll(async () => Date.parse((await lastUse()) ?? '0'), { timeout: 60_000 }).toBe(now);
  });
});

describe('the audit log', () => {
  it('has who changed what, from where, without a secret of it', async () => {
    const { email, id } = await person('analyst');
    await admin('POST', `/api/v1/users/${id}`, { role: 'security', user_ids: ['u-9'], password: NEXT });
    await admin('POST', '/api/v1/access-settings', { minimum_cohort: 7 });
    const { items } = (await admin('GET', '/api/v1/audit?limit=20')).body;
    expect(items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'user.create', subject: id, detail: `${email}, analyst of default` }),
        expect.objectContaining({
          action: 'user.change',
          subject: id,
          detail: `${email}: analyst to security, user ids to u-9, password`,
          address: '127.0.0.1',
        }),
        expect.objectContaining({ action: 'access-settings.set', detail: 'minimum cohort 5 to 7' }),
      ]),
    );
    expect(JSON.stringify(items)).not.toMatch(/argon2|staple|horse/);
    const { email: who } = await person('security');
    const { cookie } = await signIn(who, { address: '192.0.2.88' });
    const log = await api.app.inject({ url: '/api/v1/audit?action=session.begin&limit=1', headers: { cookie } });
    expect(log.json().items[0]).toMatchObject({ actor: expect.stringContaining(who), address: '192.0.2.88' });
  });

  it('has who read of users, tokens and the log itself', async () => {
    for (const path of ['users', 'tokens', 'audit']) {
      now += 1;
      await admin('GET', `/api/v1/${path}`);
      const [last] = (await admin('GET', '/api/v1/audit?limit=1')).body.items;
      expect(last).toMatchObject({ action: 'read', subject: `/api/v1/${path}` });
    }
  });

  it('shows nothing that it could not record', async () => {
    const broken = await testApi(
      new Proxy(store, {
        get: (target, name) =>
          name === 'insertLines'
            ? async (table: string, ...rest: [string[], Uint8Array, string]) => {
                if (table.endsWith('audit_log')) throw new Error('full');
                return target.insertLines(table, ...rest);
              }
            : Reflect.get(target, name, target),
      }),
    );
    const { status, text } = await broken.as(broken.tokens.admin)('GET', '/api/v1/users');
    expect(status).toBe(500);
    expect(text).not.toContain('example.org');
  });

  it('pages through entries of one moment without loss or repetition', async () => {
    for (let i = 0; i < 7; i++) await admin('POST', '/api/v1/access-settings', { minimum_cohort: 5 });
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await admin('GET', `/api/v1/audit?action=access-settings.set&limit=2${cursor}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`;
    } while (cursor !== '');
    expect(seen).toHaveLength(8);
    expect(new Set(seen).size).toBe(8);
  });
});
