import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findServer } from '../../../dashboards/client/find-server.ts';

const data = mkdtempSync(join(tmpdir(), 'spanwarden-test-'));
afterAll(() => rmSync(data, { recursive: true }));
const SECRET = `spw_${'a'.repeat(43)}`;
const OTHER = `spw_${'b'.repeat(43)}`;
writeFileSync(join(data, 'credentials.json'), JSON.stringify({ admin_token: SECRET, ingest_token: OTHER }));
const settings = { data, port: 8080 };

describe('the server that commands talk to', () => {
  it.each([
    ['this machine', {}, 'http://127.0.0.1:8080', SECRET],
    ['another port', { port: 9090 }, 'http://127.0.0.1:9090', SECRET],
    ['a server with TLS', { tls_cert: 'cert.pem' }, 'https://localhost:8080', SECRET],
    ['loopback by name', { api: 'http://localhost:1' }, 'http://localhost:1', SECRET],
    ['loopback by another spelling', { api: 'http://[::1]:1' }, 'http://[::1]:1', SECRET],
    ['a token that was named', { token: OTHER }, 'http://127.0.0.1:8080', OTHER],
    ['another machine', { api: 'https://sw.example', token: OTHER }, 'https://sw.example', OTHER],
  ])('%s', (_, given, url, token) => {
    expect(findServer({ ...settings, ...given })).toEqual({ url, token });
  });

  it.each([
    ['https://sw.example'],
    ['http://127.0.0.1.sw.example'],
    ['http://localhost.sw.example'],
    ['http://localhost@sw.example'],
  ])('does not get the admin token when it is %s', (api) => {
    expect(() => findServer({ ...settings, api })).toThrow(/^name a token for .* with --token/);
  });

  it.each([
    ['a folder without credentials', { data: '/nowhere' }, /none can be read from \/nowhere\/credentials.json/],
    ['a token with a line end', { token: 'spw_a\nx-other: 1' }, /^the token is not a token/],
    ['an endless token', { token: 'a'.repeat(101) }, /^the token is not a token/],
  ])('is not asked with %s', (_, given, message) => {
    expect(() => findServer({ ...settings, ...given })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }),
    );
  });
});
