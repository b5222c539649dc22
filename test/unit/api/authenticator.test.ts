import { describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../../dashboards/auth/authenticator.ts';
import { newTokenSecret, tokenHash } from '../../../dashboards/auth/token-secret.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';

/** A store that knows one token; counts how often it is asked. */
function storeWith(secret: string, role: string) {
  let asked = 0;
  const row = {
    id: 't1',
    org: 'acme',
    role,
    name: 'n',
    created_at: '2026-01-01 00:00:00.000',
    revoked: false,
    updated: '0',
  };
  const query = async (_: string, params: { hash: string }) => {
    asked += 1;
    return params.hash === tokenHash(secret) ? [{ ...row, hash: tokenHash(secret) }] : [];
  };
  return { store: { query } as unknown as Store, asked: () => asked };
}

describe('the authenticator', () => {
  const secret = newTokenSecret();

  it('asks the store once for a burst, and again when its memory ends', async () => {
    const { store, asked } = storeWith(secret, 'analyst');
    let now = 0;
    const { authenticate } = createAuthenticator(store, () => now);
    await Promise.all(Array.from({ length: 20 }, () => authenticate(`Bearer ${secret}`)));
    expect(asked()).toBe(1);
    now = 5_001;
    await authenticate(`Bearer ${secret}`);
    expect(asked()).toBe(2);
  });

  it('never asks the store about what cannot be a token', async () => {
    const { store, asked } = storeWith(secret, 'admin');
    const { authenticate } = createAuthenticator(store, () => 0);
    for (const header of [undefined, '', 'Bearer', 'Bearer x', `Basic ${secret}`, `Bearer ${secret} ${secret}`]) {
      await expect(authenticate(header)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(asked()).toBe(0);
  });

  it('forgets a revoked token at once', async () => {
    const { store } = storeWith(secret, 'admin');
    const { authenticate, forget } = createAuthenticator(store, () => 0);
    await authenticate(`Bearer ${secret}`);
    forget('t1');
    await expect(authenticate(`Bearer ${secret}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([
    ['ingest', { org: 'acme' }],
    ['gateway', { org: 'acme', gateway: true }],
    ['admin', { org: 'acme' }],
  ])('lets %s send spans', async (role, org) => {
    const { store } = storeWith(secret, role);
    expect(await createAuthenticator(store, () => 0).authenticateIngest(`Bearer ${secret}`)).toEqual(org);
  });

  it('lets an analyst send none, and an unknown role nothing', async () => {
    const analyst = createAuthenticator(storeWith(secret, 'analyst').store, () => 0);
    await expect(analyst.authenticateIngest(`Bearer ${secret}`)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const wizard = createAuthenticator(storeWith(secret, 'wizard').store, () => 0);
    await expect(wizard.authenticate(`Bearer ${secret}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
