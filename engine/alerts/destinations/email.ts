import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Notification } from '../../core/notification.ts';
import { composeMessage, type Message } from '../compose-message.ts';
import {
  commonInput,
  commonSettings,
  type DeliveryContext,
  type DestinationDetails,
  type DestinationKind,
} from './destination-kind.ts';
import { escapeHtml } from './escape-html.ts';
import { networkReason } from './http-request.ts';
import { parseInput } from './parse-input.ts';

const address = z.email().max(254);

const inputSchema = z.strictObject({
  ...commonInput,
  kind: z.literal('email'),
  host: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/),
  port: z.int().min(1).max(65_535).optional(),
  /** tls from the first byte (port 465), starttls required (587), or none (25), which takes no password. */
  security: z.enum(['tls', 'starttls', 'none']).default('starttls'),
  username: z.string().min(1).max(254).optional(),
  password: z.string().min(1).max(500).optional(),
  from: address,
  to: z.array(address).min(1).max(20),
  /** PEM certificate of the server's issuer, when the system does not know it. */
  ca: z.string().max(20_000).optional(),
});

const PORTS = { tls: 465, starttls: 587, none: 25 } as const;

/** Mail by SMTP, as HTML and as text; the mails on one alert are one thread. */
export const email: DestinationKind = {
  kind: 'email',
  ratePerMinute: 20,

  validate: async (input, network) => {
    const {
      name,
      host,
      security,
      username,
      password,
      from,
      to,
      ca,
      port,
      kind: _,
      ...common
    } = parseInput(
      inputSchema.refine((given) => given.security !== 'none' || given.password === undefined, { path: ['password'] }),
      input,
    );
    await network.checkHost(host);
    return {
      name,
      settings: {
        host,
        port: String(port ?? PORTS[security]),
        security,
        from,
        to: to.join(', '),
        ...(username !== undefined && { username }),
        ...(ca !== undefined && { ca }),
        ...commonSettings(common),
      },
      secrets: password === undefined ? {} : { password },
    };
  },

  deliver: async (destination, notification, context) => {
    try {
      await send(destination, notification, context);
      return { status: 250, error: '' };
    } catch (error) {
      const { responseCode } = Object(error) as { responseCode?: unknown };
      if (typeof responseCode === 'number')
        return { status: responseCode, error: `the mail server answered ${responseCode}` };
      return { status: 0, error: networkReason(error) };
    }
  },
};

async function send(
  { settings, secrets }: DestinationDetails,
  notification: Notification,
  { network, timeoutMs }: DeliveryContext,
): Promise<void> {
  const { host = '', port, security, username, from, to, ca } = settings;
  // The address that was checked is the one connected to; the certificate is that of the name.
  const { address: checked } = await network.addressOf(host);
  const password = secrets['password'];
  const transport = createTransport({
    host: checked,
    port: Number(port),
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(username !== undefined && password !== undefined && { auth: { user: username, pass: password } }),
    tls: { minVersion: 'TLSv1.2', ...(/[A-Za-z]/.test(host) && { servername: host }), ...(ca !== undefined && { ca }) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const message = composeMessage(notification);
  const domain = from?.split('@')[1] ?? 'spanwarden.invalid';
  try {
    await transport.sendMail({
      from,
      to,
      subject: `${message.title} (${message.lead})`,
      text: textOf(message),
      html: htmlOf(message),
      messageId: `<${notification.delivery_id}@${domain}>`,
      references: `<${message.key}@${domain}>`,
      inReplyTo: `<${message.key}@${domain}>`,
      headers: { 'X-Spanwarden-Delivery': notification.delivery_id, 'Auto-Submitted': 'auto-generated' },
    });
  } finally {
    transport.close();
  }
}

function textOf(message: Message): string {
  return [
    message.title,
    message.lead,
    '',
    ...message.facts.map(({ label, value }) => `${label}: ${value}`),
    '',
    ...message.lines,
    '',
    ...message.links.map(({ label, url }) => `${label}: ${url}`),
  ].join('\n');
}

function htmlOf(message: Message): string {
  const rows = message.facts.map(
    ({ label, value }) => `<tr><th align="left">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  const links = message.links.map(({ label, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`);
  return [
    '<!doctype html><html><body>',
    `<h2>${escapeHtml(message.title)}</h2><p><b>${escapeHtml(message.lead)}</b></p>`,
    `<table cellpadding="4">${rows.join('')}</table>`,
    ...message.lines.map((line) => `<p>${escapeHtml(line)}</p>`),
    `<p>${links.join(' &middot; ')}</p>`,
    '</body></html>',
  ].join('\n');
}
