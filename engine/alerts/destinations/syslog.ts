import { createSocket } from 'node:dgram';
import { connect as connectTcp } from 'node:net';
import { hostname } from 'node:os';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { z } from 'zod';
import type { Notification } from '../../core/notification.ts';
import { ACCEPTED, commonInput, commonSettings, type DestinationKind } from './destination-kind.ts';
import type { Address } from './guarded-network.ts';
import { networkReason } from './http-request.ts';
import { toOcsf } from './ocsf.ts';
import { parseInput } from './parse-input.ts';

const inputSchema = z.strictObject({
  ...commonInput,
  kind: z.literal('syslog'),
  host: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/),
  port: z.int().min(1).max(65_535).default(6514),
  transport: z.enum(['tls', 'tcp', 'udp']).default('tls'),
  /** PEM certificate of the receiver's issuer, when the system does not know it. */
  ca: z.string().max(20_000).optional(),
});

/** Security/authorization messages. */
const FACILITY = 4;
const LEVELS: Readonly<Record<string, number>> = { critical: 2, high: 3, medium: 4, low: 5 };

/** What a datagram may hold; a message over TCP is not bound by it. */
const MOST_UDP_BYTES = 60_000;

/** Private enterprise number of documentation, RFC 5612: there is none of our own. */
const SD_ID = 'spanwarden@32473';

/** RFC 5424 with OCSF in the message: over TLS (RFC 5425), TCP (RFC 6587, octet counting) or UDP (RFC 5426). */
export const syslog: DestinationKind = {
  kind: 'syslog',
  ratePerMinute: 900,

  validate: async (input, network) => {
    const { name, host, port, transport, ca, kind: _, ...common } = parseInput(inputSchema, input);
    await network.checkHost(host);
    return {
      name,
      settings: { host, port: String(port), transport, ...(ca !== undefined && { ca }), ...commonSettings(common) },
      secrets: {},
    };
  },

  deliver: async ({ settings }, notification, context) => {
    const event = toOcsf(notification, context.clock(), context.userAgent.split('/')[1] ?? '');
    if (event === undefined) return ACCEPTED;
    const { host = '', port, transport, ca } = settings;
    try {
      const address = await context.network.addressOf(host);
      const udp = transport === 'udp';
      const frame = syslogMessage(
        notification,
        event,
        context.clock(),
        udp ? MOST_UDP_BYTES : Number.POSITIVE_INFINITY,
      );
      const signal = AbortSignal.timeout(context.timeoutMs);
      if (udp) await sendDatagram(frame, address, Number(port));
      else
        await sendStream(
          frame,
          openStream(address, Number(port), transport === 'tls' ? { host, ca } : undefined),
          signal,
        );
      return { status: 0, error: '' };
    } catch (error) {
      return { status: 0, error: networkReason(error) };
    }
  },
};

/** The message of RFC 5424, its JSON cut down to the essential when it is longer than `most` bytes. */
function syslogMessage({ event, delivery_id, subject }: Notification, ocsf: object, now: number, most: number): Buffer {
  const severity = subject.kind === 'alert' ? subject.alert.severity : 'high';
  const priority = FACILITY * 8 + (LEVELS[severity] ?? 4);
  const id = subject.kind === 'alert' ? subject.alert.id : delivery_id;
  const data = `[${SD_ID} alert="${parameter(id)}" event="${parameter(event)}" delivery="${parameter(delivery_id)}"]`;
  const host =
    hostname()
      .replace(/[^\x21-\x7e]/g, '')
      .slice(0, 255) || '-';
  const head = `<${priority}>1 ${new Date(now).toISOString()} ${host} spanwarden - detection_finding ${data} `;
  const body = (json: object) => Buffer.from(`${head}${asciiJson(json)}`);
  const whole = body(ocsf);
  return whole.length <= most ? whole : body({ ...ocsf, evidences: [], unmapped: {} });
}

/** A value in structured data: three characters are escaped, and no control character passes. */
function parameter(text: string): string {
  return text.replace(/[\p{Cc}]/gu, ' ').replace(/["\\\]]/g, '\\$&');
}

/** JSON in one line of ASCII: no control character, nothing a terminal would obey. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function openStream(
  { address }: Address,
  port: number,
  tls: { host: string; ca: string | undefined } | undefined,
): Duplex {
  if (tls === undefined) return connectTcp({ host: address, port });
  const { host, ca } = tls;
  return connectTls({
    host: address,
    port,
    servername: /[A-Za-z]/.test(host) ? host : '',
    ...(ca !== undefined && { ca }),
  });
}

/** One frame with its length in front; done when the other side has closed without a reset. */
function sendStream(frame: Buffer, stream: Duplex, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => stream.destroy(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    stream.once('error', reject);
    stream.once('close', () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    stream.resume();
    stream.end(Buffer.concat([Buffer.from(`${frame.length} `), frame]));
  });
}

function sendDatagram(frame: Buffer, { address, family }: Address, port: number): Promise<void> {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  return new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.send(frame, port, address, (error) => (error ? reject(error) : resolve()));
  }).finally(() => socket.close());
}
