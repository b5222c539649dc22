import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../engine/config/read-config.ts';

const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'spanwarden.yaml');

describe('configuration', () => {
  it('has defaults for everything', () => {
    expect(readConfig({ env: {} })).toMatchObject({ data: './data', host: '127.0.0.1', port: 8080, otlp_port: 4318 });
  });

  it('lets the command line win over the environment, and that over the file', () => {
    writeFileSync(file, 'port: 1\notlp_port: 1\ndata: from-file\n');
    const env = { SPANWARDEN_PORT: '2', SPANWARDEN_DATA: 'from-env', PATH: '/bin' };
    expect(readConfig({ env, file, overrides: { data: 'from-flag', host: undefined } })).toMatchObject({
      port: 2,
      otlp_port: 1,
      data: 'from-flag',
    });
  });

  it.each([
    [{ SPANWARDEN_PRT: '1' }, /unknown setting prt \(SPANWARDEN_PRT\); known are .*port/],
    [{ SPANWARDEN_PORT: 'eighty' }, /port \(SPANWARDEN_PORT\)/],
    [{ SPANWARDEN_PORT: '70000' }, /port \(SPANWARDEN_PORT\)/],
    [{ SPANWARDEN_CLICKHOUSE_URL: 'ftp://x' }, /clickhouse_url/],
    [{ SPANWARDEN_MASTER_KEY: 'short' }, /64 hex digits/],
    [{ SPANWARDEN_TLS_CERT: 'cert.pem' }, /go together/],
    [{ SPANWARDEN_HOST: '0.0.0.0' }, /reachable from other machines: set tls_cert/],
  ])('refuses %o in one line', (env, message) => {
    expect(() => readConfig({ env })).toThrow(message);
    expect(() => readConfig({ env })).toThrow(/^[^\n]+$/);
  });

  it('refuses an unknown key in the file', () => {
    writeFileSync(file, 'retention: 5\n');
    expect(() => readConfig({ env: {}, file })).toThrow(/unknown setting retention/);
  });

  it('refuses a file that is missing or no YAML', () => {
    expect(() => readConfig({ env: {}, file: '/nowhere.yaml' })).toThrow(/does not exist/);
    writeFileSync(file, 'a: [');
    expect(() => readConfig({ env: {}, file })).toThrow(/not valid YAML/);
  });

  it('allows another address behind a proxy that ends TLS', () => {
    expect(readConfig({ env: { SPANWARDEN_HOST: '0.0.0.0', SPANWARDEN_BEHIND_TLS_PROXY: '1' } }).host).toBe('0.0.0.0');
  });

  it('reads lists from commas and ignores empty variables', () => {
    expect(readConfig({ env: { SPANWARDEN_RULES: 'a, b', SPANWARDEN_PORT: '' } })).toMatchObject({
      rules: ['a', 'b'],
      port: 8080,
    });
  });
});
