import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { reloadTls } from '../../engine/reload-tls.ts';
import { type TlsSettings, tlsFiles } from '../../engine/tls-files.ts';
import { until } from '../running-server.ts';
import { selfSigned } from '../unit/ingest/otlp/self-signed.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanwarden-tls-'));
const opened: (() => void)[] = [];
afterAll(() => {
  for (const close of opened) close();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, { cert, key } = selfSigned()) {
  writeFileSync(join(folder, `${name}.crt`), cert);
  writeFileSync(join(folder, `${name}.key`), key);
  return { cert, key };
}

function settingsOf(name: string, more: Partial<TlsSettings> = {}): TlsSettings {
  return {
    tls_cert: join(folder, `${name}.crt`),
    tls_key: join(folder, `${name}.key`),
    tls_client_auth: 'otlp',
    ...more,
  };
}

async function listening(settings: TlsSettings, name: 'otlp' | 'api'): Promise<{ server: Server; port: number }> {
  const server = createServer({ ...tlsFiles(settings)![name] }, (_request, response) => response.end('in'));
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { server, port: (server.address() as AddressInfo).port };
}

/** The certificate that is shown and what a request is answered; the error's code when it is refused. */
function ask(
  port: number,
  options: ConnectionOptions = {},
): Promise<{ shown: string; answer: string; protocol: string }> {
  return new Promise((resolve) => {
    let answer = '';
    let shown = '';
    let protocol = '';
    const socket: TLSSocket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
      shown = socket.getPeerCertificate().fingerprint256;
      protocol = socket.getProtocol() ?? '';
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    });
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      answer = error.code ?? 'error';
    });
    socket.on('close', () => resolve({ shown, answer, protocol }));
  });
}

describe('a TLS listener', () => {
  it('takes up a new certificate without a restart, and none that can’t be used', async () => {
    write('server');
    const settings = settingsOf('server');
    const { server, port } = await listening(settings, 'otlp');
    const told: string[] = [];
    const tell = (_: object, message: string) => told.push(message);
    const log = { info: tell, warn: tell, error: tell };
    opened.push(reloadTls({ settings, listeners: { otlp: server, api: undefined }, log, everyMs: 10 }));
    const first = (await ask(port)).shown;
    writeFileSync(join(folder, 'server.crt'), 'no certificate');
    await until(async () => told.includes('the new certificate is not taken up'), 60_000, 'a complaint');
    expect((await ask(port)).shown).toBe(first);
    write('server');
    await until(async () => told.includes('a new certificate is taken up'), 60_000, 'the new certificate');
    const second = await ask(port);
    expect(second.shown).not.toBe(first);
    expect(second.answer).toContain('200 OK');
  });

  it('speaks nothing older than TLS 1.2', async () => {
    write('old');
    const { port } = await listening(settingsOf('old'), 'api');
    expect((await ask(port, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2');
    const old = await ask(port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' });
    expect(old).toMatchObject({ shown: '', answer: expect.not.stringContaining('200 OK') });
  });

  it('lets in senders with a certificate of the authority alone, users of the API only when that is said', async () => {
    write('guarded');
    const known = write('known');
    const stranger = selfSigned();
    const some = settingsOf('guarded', { tls_client_ca: join(folder, 'known.crt') });
    const { port } = await listening(some, 'otlp');
    expect((await ask(port)).answer).not.toContain('200 OK');
    expect((await ask(port, stranger)).answer).not.toContain('200 OK');
    expect((await ask(port, known)).answer).toContain('200 OK');
    expect((await ask((await listening(some, 'api')).port)).answer).toContain('200 OK');
    const all = await listening({ ...some, tls_client_auth: 'all' }, 'api');
    expect((await ask(all.port)).answer).not.toContain('200 OK');
    expect((await ask(all.port, known)).answer).toContain('200 OK');
  });

  it('is refused when its files can’t be used', () => {
    expect(() => tlsFiles(settingsOf('not-there'))).toThrow(/can't be used \(ENOENT\)/);
    const { cert } = write('a');
    write('b');
    writeFileSync(join(folder, 'b.crt'), cert);
    expect(() => tlsFiles(settingsOf('b'))).toThrow(/can't be used/);
  });
});
