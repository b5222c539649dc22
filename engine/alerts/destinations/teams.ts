import { z } from 'zod';
import { composeMessage, type Message } from '../compose-message.ts';
import { commonInput, commonSettings, type DestinationKind } from './destination-kind.ts';
import { postJson } from './http-request.ts';
import { parseInput } from './parse-input.ts';

const inputSchema = z.strictObject({
  ...commonInput,
  kind: z.literal('teams'),
  /** Of a workflow that posts to a channel when a webhook request is received. Whoever has it can post, so it is a secret. */
  url: z.string().min(1).max(2_000),
});

const COLORS: Readonly<Record<string, string>> = {
  critical: 'attention',
  high: 'attention',
  medium: 'warning',
  low: 'default',
};

/** An adaptive card through a workflow of Microsoft Teams (the incoming webhooks of Microsoft 365 connectors are retired). */
export const teams: DestinationKind = {
  kind: 'teams',
  ratePerMinute: 30,

  validate: async (input, network) => {
    const { name, url, kind: _, ...common } = parseInput(inputSchema, input);
    await network.checkUrl(url);
    return { name, settings: { host: new URL(url).host, ...commonSettings(common) }, secrets: { url } };
  },

  deliver: async ({ secrets }, notification, context) =>
    postJson(secrets['url'] ?? '', {}, envelope(composeMessage(notification)), context),
};

function envelope(message: Message): unknown {
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card(message) }],
  };
}

/** TextBlocks and facts read Markdown, the runs of a RichTextBlock do not: text of unknown origin stands in runs alone. */
function card(message: Message): unknown {
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: 'An alert of Spanwarden',
    msteams: { width: 'Full' },
    body: [
      paragraph([
        {
          type: 'TextRun',
          text: message.title,
          size: 'large',
          weight: 'bolder',
          color: COLORS[message.severity] ?? 'default',
        },
      ]),
      paragraph([{ type: 'TextRun', text: message.lead, weight: 'bolder' }]),
      ...message.facts.map(({ label, value }) =>
        paragraph([
          { type: 'TextRun', text: `${label}: `, weight: 'bolder' },
          { type: 'TextRun', text: value === '' ? '-' : value },
        ]),
      ),
      ...message.lines.map((line) => paragraph([{ type: 'TextRun', text: line }])),
    ],
    actions: message.links.map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
  };
}

function paragraph(inlines: readonly unknown[]): unknown {
  return { type: 'RichTextBlock', inlines };
}
