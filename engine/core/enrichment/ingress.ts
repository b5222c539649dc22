import { firstString } from '../attributes.ts';
import type { EnrichedSpan, TriggerType } from '../security-context.ts';
import type { SpanNode } from './creation-order.ts';
import { nameWords } from './name-words.ts';
import { sentWord } from './sent-word.ts';
import { wordPattern } from './word-pattern.ts';

/**
 * What a name says about the trigger, first match wins. Unlike the original, `scheduled` and `manual` come before `email`:
 * their words name nothing but a trigger, while "scheduled email digest" is about email and not set off by one.
 */
const TRIGGERS = (
  [
    ['scheduled', 'schedule|scheduled|scheduler|cron|cronjob|timer|periodic'],
    ['manual', 'manual'],
    ['manual', 'user request|prompt'],
    ['manual', 'claude code interaction'],
    ['upload', 'upload|uploaded'],
    ['webhook', 'webhook'],
    ['webhook', 'http|api trigger'],
    ['email', 'email|mail|imap|smtp|inbox|mailbox'],
  ] as const
).map(([trigger, words]) => ({ trigger, matches: wordPattern(words) }));

const ROUTE_KEYS = ['http.route', 'url.path', 'http.target'] as const;

/**
 * Step 2. A span without a parent is where something from outside came in. OTLP gives no certain sign of a remote parent, and
 * a parent that is not in the batch may come in the next, so a span with a parent id is no ingress unless its sender says so.
 * The trigger is '' when nothing tells it.
 */
export function setIngress(nodes: readonly SpanNode[]): void {
  for (const { span } of nodes) {
    span.security.ingress = sentIngress(span) ?? span.parentSpanId === '';
    span.security.triggerType =
      sentWord(span.attributes, 'tracectrl.trigger_type') || (span.security.ingress ? triggerOf(span) : '');
  }
}

function sentIngress(span: EnrichedSpan): boolean | undefined {
  const value = span.attributes['tracectrl.ingress'];
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  return undefined;
}

function triggerOf(span: EnrichedSpan): TriggerType | '' {
  if (firstString(span.attributes, ['faas.cron', 'faas.time']) !== '') return 'scheduled';
  // Only a timer tells: faas.trigger `http` is as often a person's request as a webhook.
  if (firstString(span.attributes, ['faas.trigger']) === 'timer') return 'scheduled';
  const words = nameWords(`${occasion(span)} ${span.kind === 'Server' ? route(span) : ''}`);
  return TRIGGERS.find(({ matches }) => matches(words))?.trigger ?? '';
}

/**
 * The span's name without the names of what it runs: an agent called "email-assistant" is not set off by email. A GenAI span
 * is named "operation target", so only names that are not of that form say what happened.
 */
function occasion(span: EnrichedSpan): string {
  const { agentName, toolName, requestModel } = span.agent;
  let name = span.name;
  for (const target of [agentName, toolName, requestModel]) {
    if (target !== '') name = name.replace(target, ' ');
  }
  return name;
}

/** The path of a request, without the query: that is the caller's text. */
function route(span: EnrichedSpan): string {
  return firstString(span.attributes, ROUTE_KEYS).split('?', 1)[0]!;
}
