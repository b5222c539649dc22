import { z } from 'zod';
import { composeMessage, type Message } from '../compose-message.ts';
import {
  ACCEPTED,
  type AttemptResult,
  commonInput,
  commonSettings,
  type DeliveryContext,
  type DestinationDetails,
  type DestinationKind,
} from './destination-kind.ts';
import { escapeWiki } from './escape-wiki.ts';
import { answeredObject, httpRequest, postJson } from './http-request.ts';
import { parseInput } from './parse-input.ts';

const inputSchema = z.strictObject({
  ...commonInput,
  kind: z.literal('jira'),
  /** e.g. https://example.atlassian.net */
  url: z.string().min(1).max(500),
  project: z.string().regex(/^[A-Z][A-Z0-9_]{1,20}$/),
  issue_type: z.string().trim().min(1).max(60).default('Task'),
  /** Of the account that the API token belongs to (Jira Cloud); left out, the token is a personal access token (Data Center). */
  email: z.string().max(200).optional(),
  api_token: z.string().min(1).max(500),
  /** Transition to take when the alert is closed. */
  close_transition: z
    .string()
    .regex(/^\d{1,10}$/)
    .optional(),
});

/** One issue for an alert, later events as its comments: REST API v3 of Jira Cloud, v2 of Jira Data Center. */
export const jira: DestinationKind = {
  kind: 'jira',
  ratePerMinute: 20,
  threads: true,

  validate: async (input, network) => {
    const {
      name,
      url,
      project,
      issue_type,
      email,
      api_token,
      close_transition,
      kind: _,
      ...common
    } = parseInput(inputSchema, input);
    const base = url.replace(/\/{1,5}$/, '');
    await network.checkUrl(base);
    return {
      name,
      settings: {
        url: base,
        project,
        issue_type,
        ...(email !== undefined && { email }),
        ...(close_transition !== undefined && { close_transition }),
        ...commonSettings(common),
      },
      secrets: { api_token },
    };
  },

  deliver: async (destination, notification, context) => {
    if (notification.subject.kind === 'notice') return ACCEPTED;
    const jiraApi = apiOf(destination, context);
    const message = composeMessage(notification);
    const known =
      notification.receipt === ''
        ? await jiraApi.find(message)
        : { status: 200, error: '', receipt: notification.receipt };
    if (known.error !== '') return known;
    const key = known.receipt ?? '';
    if (key === '') return jiraApi.create(message);
    // Found, but not remembered: an earlier attempt made it and its answer was lost.
    if (notification.receipt === '') return known;
    const commented = await jiraApi.comment(key, message);
    const transition = destination.settings['close_transition'];
    if (commented.error !== '' || notification.event !== 'closed' || transition === undefined)
      return { ...commented, receipt: key };
    return { ...(await jiraApi.transition(key, transition)), receipt: key };
  },
};

const ISSUE_KEY = /^[A-Z][A-Z0-9_]{1,20}-\d{1,12}$/;

function apiOf({ settings, secrets }: DestinationDetails, context: DeliveryContext) {
  const { email, url, project, issue_type } = settings as Record<string, string>;
  const token = secrets['api_token'] ?? '';
  const cloud = email !== undefined;
  const base = `${url}/rest/api/${cloud ? 3 : 2}`;
  const authorization = cloud ? `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}` : `Bearer ${token}`;
  const headers = { authorization, accept: 'application/json' };
  const text = (message: Message) => (cloud ? adf(message) : wiki(message));
  return {
    /** The issue that an earlier attempt made, by its label. */
    find: async (message: Message): Promise<AttemptResult> => {
      const jql = `project = "${project}" AND labels = "${labelOf(message)}"`;
      const path = cloud ? 'search/jql' : 'search';
      const query = new URLSearchParams({ jql, fields: 'summary', maxResults: '1' });
      const answer = await httpRequest({ url: `${base}/${path}?${query}`, method: 'GET', headers }, context);
      if (answer.error !== '') return answer;
      const issues = answeredObject(answer)['issues'];
      return { ...answer, receipt: Array.isArray(issues) ? keyOf(issues[0]) : '' };
    },
    create: async (message: Message): Promise<AttemptResult> => {
      const fields = {
        project: { key: project },
        issuetype: { name: issue_type },
        summary: message.title.slice(0, 254).toWellFormed(),
        description: text(message),
        labels: ['spanwarden', labelOf(message)],
      };
      const answer = await postJson(`${base}/issue`, headers, { fields }, context);
      if (answer.error !== '') return answer;
      const receipt = keyOf(answeredObject(answer));
      return receipt === '' ? { ...answer, error: 'answer is not Jira’s' } : { ...answer, receipt };
    },
    comment: (key: string, message: Message): Promise<AttemptResult> =>
      postJson(`${base}/issue/${key}/comment`, headers, { body: text(message) }, context),
    transition: (key: string, id: string): Promise<AttemptResult> =>
      postJson(`${base}/issue/${key}/transitions`, headers, { transition: { id } }, context),
  };
}

function labelOf(message: Message): string {
  return `spanwarden-${message.key}`;
}

function keyOf(issue: unknown): string {
  const key = String(Object(issue)['key'] ?? '');
  return ISSUE_KEY.test(key) ? key : '';
}

/** Atlassian Document Format: text nodes hold text and nothing else. */
function adf(message: Message): unknown {
  const bullets = [...message.facts.map(({ label, value }) => `${label}: ${value}`), ...message.lines];
  return {
    type: 'doc',
    version: 1,
    content: [
      paragraph([adfText(message.lead)]),
      ...(bullets.length === 0
        ? []
        : [
            {
              type: 'bulletList',
              content: bullets.map((text) => ({ type: 'listItem', content: [paragraph([adfText(text)])] })),
            },
          ]),
      ...message.links.map(({ label, url }) =>
        paragraph([{ type: 'text', text: label, marks: [{ type: 'link', attrs: { href: url } }] }]),
      ),
    ],
  };
}

function paragraph(content: readonly unknown[]): unknown {
  return { type: 'paragraph', content };
}

function adfText(text: string): unknown {
  return { type: 'text', text: text === '' ? '-' : text };
}

/** Wiki markup, every character of which that could mean something is escaped in what is not ours. */
function wiki(message: Message): string {
  return [
    escapeWiki(message.lead),
    ...message.facts.map(({ label, value }) => `* *${escapeWiki(label)}*: ${escapeWiki(value)}`),
    ...message.lines.map((line) => `* ${escapeWiki(line)}`),
    ...message.links.map(({ label, url }) => `* [${label}|${url}]`),
  ].join('\n');
}
