import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import { Ajv } from 'ajv';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterAll, describe, expect, test } from 'vitest';
import type { DestinationKind } from '../../../engine/alerts/destinations/destination-kind.ts';
import { email } from '../../../engine/alerts/destinations/email.ts';
import { createGuardedNetwork } from '../../../engine/alerts/destinations/guarded-network.ts';
import { syslog } from '../../../engine/alerts/destinations/syslog.ts';
import type { Notification } from '../../../engine/core/notification.ts';
import { selfSigned } from '../ingest/otlp/self-signed.ts';
import { OCSF_FINDING } from './published-schemas.ts';
import { hostileAlert, sampleAlert, sampleNotification, sampleSummary } from './sample-notification.ts';

const tls = selfSigned();
const ca = tls.cert.toString();
const local = async () => [{ address: '127.0.0.1', family: 4 }];
const network = createGuardedNetwork({ allowPrivate: true, connections: 1, connectTimeout: 5_000, lookup: local });
afterAll(() => network.close());

async function deliver(
  kind: DestinationKind,
  input: Record<string, unknown>,
  notification: Notification,
  way = network,
) {
  const details = await kind.validate({ name: 'x', kind: kind.kind, ...input }, network);
  const context = {
    network: way,
    clock: () => Date.parse('2026-11-20T10:03:00Z'),
    userAgent: 'spanwarden/0.1.0',
    timeoutMs: 5_000,
  };
  return kind.deliver(details, notification, context);
}

interface Mail {
  readonly from: string;
  readonly to: string[];
  readonly user: unknown;
  readonly secure: boolean;
  readonly raw: string;
}

/** A mail server on loopback. */
async function startMailServer(options: object = {}, refuse = 0) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    ...tls,
    authOptional: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'right' ? done(null, { user: username }) : done(new Error('no')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refuse > 0) return done(Object.assign(new Error('full'), { responseCode: refuse }));
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user,
          secure: session.secure,
          raw: Buffer.concat(chunks).toString('utf8'),
        });
        done();
      });
    },
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails, close: () => new Promise<void>((resolve) => server.close(resolve)) };
}

const mailTo = (port: number, more = {}) => ({
  host: 'localhost',
  port,
  security: 'none',
  from: 'spanwarden@corp.example',
  to: ['soc@corp.example', 'on-call@corp.example'],
  ...more,
});

describe('mail', () => {
  test.each<[string, Notification]>([
    ['an alert', sampleNotification()],
    ['a hostile alert', sampleNotification({}, hostileAlert())],
    ['a summary', sampleNotification({ event: 'summary', subject: { kind: 'summary', summary: sampleSummary() } })],
  ])('%s goes as text and as HTML to everybody named and to nobody else', async (_, notification) => {
    const server = await startMailServer();
    expect(await deliver(email, mailTo(server.port), notification)).toEqual({ status: 250, error: '' });
    const [mail] = server.mails;
    expect(mail).toMatchObject({ from: 'spanwarden@corp.example', to: ['soc@corp.example', 'on-call@corp.example'] });
    const parsed = await PostalMime.parse(mail!.raw);
    expect(parsed.messageId).toBe(`<${notification.delivery_id}@corp.example>`);
    expect(parsed.bcc ?? []).toEqual([]);
    expect(parsed.headers.map(({ key }) => key).sort()).toEqual([
      'auto-submitted',
      'content-type',
      'date',
      'from',
      'in-reply-to',
      'message-id',
      'mime-version',
      'references',
      'subject',
      'to',
      'x-spanwarden-delivery',
    ]);
    expect(parsed.subject).not.toMatch(/\p{Cc}|https?:\/\//u);
    const text = (parsed.text ?? '').replace(/https:\/\/spanwarden\.example\/[\w%/.~-]*/g, '').replaceAll('\n', '');
    expect(text).not.toMatch(/\p{Cc}|evil\.example|https?:\/\//u);
    const tags = [...(parsed.html ?? '').matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => tag!.toLowerCase());
    expect(
      tags.filter((tag) => !['html', 'body', 'h2', 'p', 'b', 'table', 'tr', 'th', 'td', 'a'].includes(tag)),
    ).toEqual([]);
    const links = [...(parsed.html ?? '').matchAll(/href="([^"]*)"/g)].map(([, url]) => url!);
    expect(links.every((url) => url.startsWith('https://spanwarden.example/'))).toBe(true);
    await server.close();
  });

  test('goes over TLS from the first byte or after STARTTLS, with user and password', async () => {
    for (const [security, options] of [
      ['tls', { secure: true }],
      ['starttls', {}],
    ] as const) {
      const server = await startMailServer(options);
      const more = { security, ca, username: 'bot', password: 'right' };
      expect(await deliver(email, mailTo(server.port, more), sampleNotification())).toEqual({ status: 250, error: '' });
      expect(server.mails).toMatchObject([{ secure: true, user: 'bot' }]);
      await server.close();
    }
  });

  test('goes nowhere when the certificate is not valid, the password wrong or STARTTLS not offered', async () => {
    const open = await startMailServer({ disabledCommands: ['STARTTLS', 'AUTH'] });
    const starttls = await startMailServer();
    const secret = { security: 'starttls', username: 'bot', password: 'wrong' };
    expect((await deliver(email, mailTo(open.port, secret), sampleNotification())).error).not.toBe('');
    expect((await deliver(email, mailTo(starttls.port, secret), sampleNotification())).error).not.toBe('');
    expect(await deliver(email, mailTo(starttls.port, { ...secret, ca }), sampleNotification())).toMatchObject({
      status: 535,
    });
    expect([...open.mails, ...starttls.mails]).toEqual([]);
    await Promise.all([open.close(), starttls.close()]);
  });

  test('that the server refuses is tried again with its code in the log', async () => {
    const server = await startMailServer({}, 452);
    const result = await deliver(email, mailTo(server.port), sampleNotification());
    expect(result).toEqual({ status: 452, error: 'the mail server answered 452' });
    await server.close();
  });

  test.each([
    ['a password without encryption', { security: 'none', password: 'x' }],
    ['a line end in an address', { from: 'a@corp.example\r\nBcc: x@evil.example' }],
    ['a list in one address', { to: ['a@corp.example, b@corp.example'] }],
  ])('%s is not taken', async (_, more) => {
    const input = { kind: 'email', name: 'x', ...mailTo(25), ...more };
    await expect(email.validate(input, network)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

/** A syslog receiver over TCP or TLS that keeps everything it reads. */
async function startStreamReceiver(secure: boolean, behave?: (socket: Socket) => void) {
  const received: Buffer[] = [];
  const read = (socket: Socket) => {
    socket.on('error', () => {});
    if (behave !== undefined) return behave(socket);
    socket.on('data', (chunk: Buffer) => received.push(chunk));
  };
  const server: Server = secure ? createTls(tls, read) : createTcp(read);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    text: () => Buffer.concat(received).toString('utf8'),
    close: () => new Promise((done) => server.close(done)),
  };
}

const HEADER = /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT[\d:.]+Z) ([\x21-\x7e]{1,255}) spanwarden - detection_finding /;
const PARAMETER = String.raw`[a-z]+="(?:[^"\\\]]|\\["\\\]])*"`;
const STRUCTURED = new RegExp(String.raw`^\[spanwarden@32473(?: ${PARAMETER})+\] `);

/** The OCSF of a message as RFC 5424 writes it. Fails unless the message is one. */
function parseSyslog(message: string): object {
  const header = HEADER.exec(message);
  expect(header, message.slice(0, 200)).not.toBeNull();
  expect(Number(header![1])).toBeLessThanOrEqual(191);
  const rest = message.slice(header![0].length);
  const data = STRUCTURED.exec(rest);
  expect(data, rest.slice(0, 200)).not.toBeNull();
  expect(message).toMatch(/^[\x20-\x7e]*$/);
  return JSON.parse(rest.slice(data![0].length)) as object;
}

describe('syslog', () => {
  const validate = new Ajv({ strict: false }).compile(OCSF_FINDING);
  const SUBJECTS = [sampleNotification(), sampleNotification({}, hostileAlert())];

  test.each([['tcp'], ['tls']] as const)(
    'over %s is one frame with its length, in RFC 5424, with OCSF in it',
    async (transport) => {
      const server = await startStreamReceiver(transport === 'tls');
      for (const notification of SUBJECTS) {
        const before = server.text().length;
        expect(await deliver(syslog, { host: 'localhost', port: server.port, transport, ca }, notification)).toEqual({
          status: 0,
          error: '',
        });
        const [, length, message = ''] = /^(\d+) ([\s\S]*)$/.exec(server.text().slice(before)) ?? [];
        expect(Buffer.byteLength(message)).toBe(Number(length));
        expect(validate(parseSyslog(message)), JSON.stringify(validate.errors)).toBe(true);
      }
      await server.close();
    },
  );

  test('over UDP is one datagram, cut down to what fits', async () => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const long = 'x'.repeat(5_000);
    const large = sampleAlert({ values: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`v${i}`, long])) });
    const message = once(socket, 'message') as Promise<[Buffer]>;
    const input = { host: '127.0.0.1', port: socket.address().port, transport: 'udp' };
    expect(await deliver(syslog, input, sampleNotification({}, large))).toEqual({ status: 0, error: '' });
    const [datagram] = await message;
    expect(datagram.length).toBeLessThan(60_000);
    expect(parseSyslog(datagram.toString('utf8'))).toMatchObject({ class_uid: 2004 });
    socket.close();
  });

  test('a receiver that resets or has a strange certificate is a failure', async () => {
    const reset = await startStreamReceiver(false, (socket) => socket.resetAndDestroy());
    const strange = await startStreamReceiver(true);
    const to = (port: number, transport: string) => ({ host: 'localhost', port, transport });
    expect((await deliver(syslog, to(reset.port, 'tcp'), sampleNotification())).error).not.toBe('');
    expect((await deliver(syslog, to(strange.port, 'tls'), sampleNotification())).error).not.toBe('');
    await Promise.all([reset.close(), strange.close()]);
  });
});

describe.each([
  ['mail', email, mailTo(25)],
  ['syslog', syslog, { host: 'log.example', port: 6514, transport: 'tcp' }],
] as const)('the way out of %s', (_, kind, input) => {
  const strict = (address: string) =>
    createGuardedNetwork({
      allowPrivate: false,
      connections: 1,
      connectTimeout: 1_000,
      lookup: async () => [{ address, family: 4 }],
    });

  test.each(['127.0.0.1', '169.254.169.254', '10.0.0.9', '::1', '[::1]', '0.0.0.0'])(
    'refuses the host %s',
    async (host) => {
      await expect(kind.validate({ kind: kind.kind, name: 'x', ...input, host }, strict('8.8.8.8'))).rejects.toThrow();
    },
  );

  test('refuses a name that turned private after it was entered', async () => {
    const result = await deliver(
      kind,
      { ...input, host: 'mail.example' },
      sampleNotification(),
      strict('169.254.169.254'),
    );
    expect(result).toMatchObject({ status: 0, error: expect.stringContaining('no destination may have') });
  });
});
