import { readFileSync } from 'node:fs';

/*
 * The payloads of destinations as their makers publish them, cut down to what is sent here: unknown members are refused so that a
 * slip of the pen shows. PagerDuty: events-v2 of its OpenAPI documents. Slack: reference of Block Kit and chat.postMessage. Teams:
 * adaptive cards 1.4. Opsgenie: Alert API v2. Jira: REST API v3, with Atlassian's own schema of documents. OCSF: 1.5.0.
 */

const text = (maxLength = 100_000) => ({ type: 'string', minLength: 1, maxLength });
const object = (properties: Record<string, unknown>, required: string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const list = (items: unknown, maxItems = 1_000) => ({ type: 'array', items, maxItems });

export const PAGERDUTY_EVENT = object(
  {
    payload: object(
      {
        summary: text(1_024),
        timestamp: { type: 'string', format: 'date-time' },
        severity: { enum: ['critical', 'warning', 'error', 'info'] },
        source: text(),
        component: text(),
        group: text(),
        class: text(),
        custom_details: { type: 'object' },
      },
      ['summary', 'severity', 'source'],
    ),
    routing_key: text(32),
    event_action: { enum: ['trigger', 'acknowledge', 'resolve'] },
    dedup_key: text(255),
    client: text(),
    client_url: { type: 'string', format: 'uri' },
    links: list(object({ href: { type: 'string', format: 'uri' }, text: text() }, ['href'])),
  },
  ['routing_key', 'event_action', 'dedup_key'],
);

const plainText = (most: number) =>
  object({ type: { const: 'plain_text' }, text: text(most), emoji: { type: 'boolean' } });
const richElement = {
  oneOf: [
    object({ type: { const: 'text' }, text: text(), style: object({ bold: { type: 'boolean' } }) }, ['type', 'text']),
    object({ type: { const: 'link' }, url: text(3_000), text: text() }),
  ],
};
const richSection = object({ type: { const: 'rich_text_section' }, elements: list(richElement) });

export const SLACK_MESSAGE = object(
  {
    channel: text(),
    text: text(40_000),
    thread_ts: { type: 'string', pattern: '^\\d+\\.\\d+$' },
    blocks: list(
      {
        oneOf: [
          object({ type: { const: 'header' }, text: plainText(150) }),
          object({
            type: { const: 'rich_text' },
            elements: list({
              oneOf: [
                richSection,
                object({
                  type: { const: 'rich_text_list' },
                  style: { enum: ['bullet', 'ordered'] },
                  elements: list(richSection),
                }),
              ],
            }),
          }),
          object({
            type: { const: 'actions' },
            block_id: text(255),
            elements: list(
              {
                oneOf: [
                  object({
                    type: { const: 'button' },
                    action_id: text(255),
                    text: plainText(75),
                    value: text(2_000),
                    style: { enum: ['primary', 'danger'] },
                  }),
                  object({
                    type: { const: 'static_select' },
                    action_id: text(255),
                    placeholder: plainText(150),
                    options: list(object({ text: plainText(75), value: text(150) }), 100),
                  }),
                ],
              },
              25,
            ),
          }),
        ],
      },
      50,
    ),
    mrkdwn: { type: 'boolean' },
    parse: { enum: ['none', 'full'] },
    link_names: { type: 'boolean' },
    unfurl_links: { type: 'boolean' },
    unfurl_media: { type: 'boolean' },
    metadata: object({ event_type: text(), event_payload: { type: 'object' } }),
  },
  ['channel', 'text', 'blocks'],
);

const textRun = object(
  {
    type: { const: 'TextRun' },
    text: text(),
    size: { enum: ['default', 'small', 'medium', 'large', 'extraLarge'] },
    weight: { enum: ['default', 'lighter', 'bolder'] },
    color: { enum: ['default', 'dark', 'light', 'accent', 'good', 'warning', 'attention'] },
  },
  ['type', 'text'],
);

export const TEAMS_MESSAGE = object({
  type: { const: 'message' },
  attachments: list(
    object({
      contentType: { const: 'application/vnd.microsoft.card.adaptive' },
      contentUrl: { type: 'null' },
      content: object({
        $schema: { const: 'http://adaptivecards.io/schemas/adaptive-card.json' },
        type: { const: 'AdaptiveCard' },
        version: { enum: ['1.2', '1.3', '1.4'] },
        fallbackText: text(),
        msteams: object({ width: { const: 'Full' } }),
        body: list(object({ type: { const: 'RichTextBlock' }, inlines: list(textRun) })),
        actions: list(
          object({ type: { const: 'Action.OpenUrl' }, title: text(), url: { type: 'string', format: 'uri' } }),
        ),
      }),
    }),
  ),
});

export const OPSGENIE_ALERT = object({
  message: text(130),
  alias: text(512),
  description: text(15_000),
  tags: list(text(50), 20),
  details: { type: 'object', additionalProperties: { type: 'string' } },
  entity: text(512),
  source: text(100),
  priority: { enum: ['P1', 'P2', 'P3', 'P4', 'P5'] },
});

export const OPSGENIE_ACTION = object({ source: text(100), note: text(25_000) });

export const JIRA_DOCUMENT = JSON.parse(
  readFileSync(new URL('../../fixtures/schemas/atlassian-document.json', import.meta.url), 'utf8'),
) as object;

export const JIRA_ISSUE = object({
  fields: object({
    project: object({ key: text(255) }),
    issuetype: object({ name: text(60) }),
    summary: text(254),
    description: {},
    labels: list({ type: 'string', pattern: '^\\S{1,255}$' }),
  }),
});

const millis = { type: 'integer', minimum: 1_000_000_000_000 };

export const OCSF_FINDING = object(
  {
    activity_id: { enum: [0, 1, 2, 3, 99] },
    activity_name: text(),
    category_uid: { const: 2 },
    category_name: { const: 'Findings' },
    class_uid: { const: 2004 },
    class_name: { const: 'Detection Finding' },
    type_uid: { enum: [200401, 200402, 200403] },
    type_name: text(),
    severity_id: { enum: [0, 1, 2, 3, 4, 5, 6, 99] },
    severity: text(),
    time: millis,
    metadata: object({
      version: { pattern: '^1\\.\\d+\\.\\d+$' },
      uid: text(),
      log_name: text(),
      product: object({ name: text(), vendor_name: text(), version: text() }),
    }),
    message: text(),
    status_id: { enum: [0, 1, 2, 3, 4, 5, 6, 99] },
    status: text(),
    is_alert: { type: 'boolean' },
    count: { type: 'integer' },
    start_time: millis,
    end_time: millis,
    risk_score: { type: 'integer' },
    finding_info: object(
      {
        uid: text(),
        title: text(),
        desc: text(),
        types: list(text()),
        created_time: millis,
        modified_time: millis,
        first_seen_time: millis,
        last_seen_time: millis,
        related_events_count: { type: 'integer' },
        analytic: object({
          type_id: { const: 1 },
          type: { const: 'Rule' },
          uid: text(),
          name: text(),
          version: text(),
        }),
        attacks: list(object({ version: text(), technique: object({ uid: text() }) })),
      },
      ['uid'],
    ),
    evidences: list(object({ data: { type: 'object' } })),
    resources: list(object({ uid: text(), type: text() })),
    remediation: object({ desc: { type: 'string' } }),
    unmapped: { type: 'object' },
  },
  ['activity_id', 'category_uid', 'class_uid', 'finding_info', 'metadata', 'severity_id', 'time', 'type_uid'],
);

export const SPLUNK_EVENT = object(
  {
    time: { type: 'number', minimum: 1_000_000_000, maximum: 100_000_000_000 },
    host: text(),
    source: text(),
    sourcetype: text(),
    index: text(),
    event: { type: 'object' },
  },
  ['event'],
);
