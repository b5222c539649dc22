import { z } from 'zod';
import type { DeliveryEvent } from '../../core/delivery.ts';
import type { Subject } from '../../core/notification.ts';
import { composeMessage } from '../compose-message.ts';
import { defang } from './defang.ts';
import { ACCEPTED, commonInput, commonSettings, type DestinationKind } from './destination-kind.ts';
import { postJson } from './http-request.ts';
import { parseInput } from './parse-input.ts';

const inputSchema = z.strictObject({
  ...commonInput,
  kind: z.literal('pagerduty'),
  /** Integration key of a service or an orchestration, Events API v2. */
  routing_key: z.string().regex(/^[A-Za-z0-9]{32}$/),
  /** Another one for the service region EU: https://events.eu.pagerduty.com */
  api_url: z.string().max(500).default('https://events.pagerduty.com'),
});

const SEVERITIES: Readonly<Record<string, string>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
};

/** Events API v2: one PagerDuty alert for each of ours, known by its id as dedup_key. */
export const pagerduty: DestinationKind = {
  kind: 'pagerduty',
  ratePerMinute: 30,

  validate: async (input, network) => {
    const { name, routing_key, api_url, kind: _, ...common } = parseInput(inputSchema, input);
    await network.checkUrl(api_url);
    return { name, settings: { api_url, ...commonSettings(common) }, secrets: { routing_key } };
  },

  deliver: async ({ settings, secrets }, notification, context) => {
    // A notice is nothing to page anybody for.
    if (notification.subject.kind === 'notice') return ACCEPTED;
    const message = composeMessage(notification);
    const action = actionOf(notification.event);
    const body = {
      routing_key: secrets['routing_key'],
      event_action: action,
      dedup_key: message.key,
      ...(action === 'trigger' && {
        client: 'Spanwarden',
        ...(message.links[0] && { client_url: message.links[0].url }),
        links: message.links.map(({ label, url }) => ({ href: url, text: label })),
        payload: {
          summary: message.title.slice(0, 1_024),
          source: sourceOf(notification.subject).slice(0, 255),
          severity: SEVERITIES[message.severity] ?? 'warning',
          timestamp: new Date(context.clock()).toISOString(),
          component: 'Spanwarden',
          class: classOf(notification.subject),
          custom_details: {
            event: message.lead,
            ...Object.fromEntries(message.facts.map(({ label, value }) => [label, value])),
            notes: message.lines.join('\n'),
            delivery_id: notification.delivery_id,
          },
        },
      }),
    };
    return postJson(`${settings['api_url']}/v2/enqueue`, {}, body, context);
  },
};

function actionOf(event: DeliveryEvent): 'trigger' | 'acknowledge' | 'resolve' {
  if (event === 'acknowledged') return 'acknowledge';
  return event === 'closed' ? 'resolve' : 'trigger';
}

function sourceOf(subject: Subject): string {
  return subject.kind === 'alert'
    ? `${subject.alert.entity.kind} ${defang(subject.alert.entity.value, 200)}`
    : 'Spanwarden';
}

function classOf(subject: Subject): string {
  return subject.kind === 'alert' ? subject.alert.rule_id : subject.kind;
}
