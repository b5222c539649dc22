import { z } from 'zod';
import { CLOSE_REASONS } from '../../core/alert.ts';
import type { Notification } from '../../core/notification.ts';
import { composeMessage, type Message } from '../compose-message.ts';
import { type AttemptResult, commonInput, commonSettings, type DestinationKind } from './destination-kind.ts';
import { answeredObject, postJson } from './http-request.ts';
import { parseInput } from './parse-input.ts';

const inputSchema = z.strictObject({
  ...commonInput,
  kind: z.literal('slack'),
  /** Of a bot with the scope chat:write. */
  bot_token: z.string().min(1).max(500),
  /** Channel id, e.g. C0123456789. */
  channel: z.string().regex(/^[CDG][A-Z0-9]{5,20}$/),
  /** Of the app, to check its callbacks; without it messages have no buttons. */
  signing_secret: z.string().min(16).max(200).optional(),
  /** Slack's API; another one for GovSlack. */
  api_url: z.string().max(500).default('https://slack.com/api'),
});

/** Ids of the buttons; the callback knows them by these. */
export const SLACK_ACTIONS = { acknowledge: 'spanwarden_acknowledge', close: 'spanwarden_close' } as const;

/** A message in a channel, later ones on the same alert as its thread: Web API, chat.postMessage with Block Kit. */
export const slack: DestinationKind = {
  kind: 'slack',
  ratePerMinute: 30,
  threads: true,

  validate: async (input, network) => {
    const { name, bot_token, channel, signing_secret, api_url, kind: _, ...common } = parseInput(inputSchema, input);
    await network.checkUrl(api_url);
    return {
      name,
      settings: { channel, api_url, ...commonSettings(common) },
      secrets: { bot_token, ...(signing_secret !== undefined && { signing_secret }) },
    };
  },

  deliver: async ({ settings, secrets }, notification, context) => {
    const message = composeMessage(notification);
    const body = {
      channel: settings['channel'],
      ...(notification.receipt !== '' && { thread_ts: notification.receipt }),
      text: escapeSlack(`${message.lead}: ${message.title}`),
      blocks: blocksOf(notification, message, secrets['signing_secret'] !== undefined),
      // Nothing in the text is a command, a name or a link.
      mrkdwn: false,
      parse: 'none',
      link_names: false,
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: 'spanwarden_delivery', event_payload: { delivery_id: notification.delivery_id } },
    };
    const headers = { authorization: `Bearer ${secrets['bot_token']}` };
    const answer = await postJson(`${settings['api_url']}/chat.postMessage`, headers, body, context);
    return judge(answer, answeredObject(answer));
  },
};

/** Slack answers 200 and says in the body whether it was right. */
function judge(answer: AttemptResult, body: Readonly<Record<string, unknown>>): AttemptResult {
  if (answer.error !== '') return answer;
  if (body['ok'] === true) return { ...answer, receipt: String(body['ts'] ?? '').slice(0, 50) };
  const error = String(body['error'] ?? '');
  return { ...answer, error: /^[a-z_]{1,60}$/.test(error) ? `Slack says ${error}` : 'answer is not Slack’s' };
}

/** Slack's three control characters, as its documentation wants them. */
export function escapeSlack(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Text of unknown origin stands in rich_text elements and plain_text alone: Slack reads no markup in either. */
function blocksOf({ subject, receipt }: Notification, message: Message, canAct: boolean): unknown[] {
  const first = receipt === '';
  const details = [...message.facts.map(({ label, value }) => bullet(label, value)), ...message.lines.map(line)];
  const alertId = subject.kind === 'alert' ? subject.alert.id : '';
  const canClose = alertId !== '' && subject.kind === 'alert' && subject.alert.status !== 'closed';
  return [
    ...(first ? [{ type: 'header', text: plain(message.title, 150) }] : []),
    {
      type: 'rich_text',
      elements: [
        { type: 'rich_text_section', elements: [{ type: 'text', text: message.lead || ' ', style: { bold: true } }] },
        ...(details.length === 0 ? [] : [{ type: 'rich_text_list', style: 'bullet', elements: details }]),
      ],
    },
    ...(message.links.length === 0
      ? []
      : [
          {
            type: 'rich_text',
            elements: [
              {
                type: 'rich_text_section',
                elements: message.links.flatMap(({ label, url }) => [
                  { type: 'link', url, text: label },
                  { type: 'text', text: '  ' },
                ]),
              },
            ],
          },
        ]),
    ...(first && canAct && canClose ? [actions(alertId)] : []),
  ];
}

function bullet(label: string, value: string): unknown {
  return {
    type: 'rich_text_section',
    elements: [
      { type: 'text', text: `${label}: `, style: { bold: true } },
      { type: 'text', text: value === '' ? '-' : value },
    ],
  };
}

function line(text: string): unknown {
  return { type: 'rich_text_section', elements: [{ type: 'text', text: text === '' ? ' ' : text }] };
}

function plain(text: string, most: number): unknown {
  return { type: 'plain_text', text: text.slice(0, most).toWellFormed(), emoji: false };
}

function actions(alertId: string): unknown {
  return {
    type: 'actions',
    block_id: `spanwarden_${alertId}`,
    elements: [
      {
        type: 'button',
        action_id: SLACK_ACTIONS.acknowledge,
        text: plain('Acknowledge', 75),
        value: alertId,
        style: 'primary',
      },
      {
        type: 'static_select',
        action_id: SLACK_ACTIONS.close,
        placeholder: plain('Close as', 150),
        options: CLOSE_REASONS.map((reason) => ({
          text: plain(reason.replace('_', ' '), 75),
          value: `${alertId}:${reason}`,
        })),
      },
    ],
  };
}
