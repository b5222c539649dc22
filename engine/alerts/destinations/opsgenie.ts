import { z } from 'zod';
import type { Notification } from '../../core/notification.ts';
import type { Message } from '../compose-message.ts';
import { composeMessage } from '../compose-message.ts';
import { defang } from './defang.ts';
import { ACCEPTED, commonInput, commonSettings, type DestinationKind } from './destination-kind.ts';
import { escapeHtml } from './escape-html.ts';
import { postJson } from './http-request.ts';
import { parseInput } from './parse-input.ts';

const inputSchema = z.strictObject({
  ...commonInput,
  kind: z.literal('opsgenie'),
  /** Of an API integration. */
  api_key: z.string().min(1).max(200),
  /** Another one for the EU: https://api.eu.opsgenie.com */
  api_url: z.string().max(500).default('https://api.opsgenie.com'),
});

const PRIORITIES: Readonly<Record<string, string>> = { critical: 'P1', high: 'P2', medium: 'P3', low: 'P5' };

/** Alert API v2: one Opsgenie alert for each of ours, known by its id as alias. */
export const opsgenie: DestinationKind = {
  kind: 'opsgenie',
  ratePerMinute: 30,

  validate: async (input, network) => {
    const { name, api_key, api_url, kind: _, ...common } = parseInput(inputSchema, input);
    await network.checkUrl(api_url);
    return { name, settings: { api_url, ...commonSettings(common) }, secrets: { api_key } };
  },

  deliver: async ({ settings, secrets }, notification, context) => {
    if (notification.subject.kind === 'notice') return ACCEPTED;
    const message = composeMessage(notification);
    const headers = { authorization: `GenieKey ${secrets['api_key']}` };
    const base = `${settings['api_url']}/v2/alerts`;
    const action = ACTIONS[notification.event];
    if (action !== undefined) {
      const url = `${base}/${encodeURIComponent(message.key)}/${action}?identifierType=alias`;
      return postJson(url, headers, { source: 'Spanwarden', note: message.lead }, context);
    }
    return postJson(base, headers, alertOf(notification, message), context);
  },
};

const ACTIONS: Readonly<Partial<Record<Notification['event'], string>>> = {
  acknowledged: 'acknowledge',
  closed: 'close',
};

/** The description is shown as HTML. */
function alertOf({ subject, delivery_id }: Notification, message: Message): unknown {
  const details = message.facts.map(({ label, value }) => `<b>${escapeHtml(label)}</b>: ${escapeHtml(value)}`);
  const links = message.links.map(({ label, url }) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`);
  const description = [escapeHtml(message.lead), ...details, ...message.lines.map(escapeHtml), ...links].join('<br>\n');
  return {
    message: message.title.slice(0, 130).toWellFormed(),
    alias: message.key,
    description: description.length <= 15_000 ? description : escapeHtml(message.lead),
    tags: ['spanwarden', message.severity],
    details: { delivery_id },
    entity: subject.kind === 'alert' ? defang(subject.alert.entity.value, 300) : 'Spanwarden',
    source: 'Spanwarden',
    priority: PRIORITIES[message.severity] ?? 'P3',
  };
}
