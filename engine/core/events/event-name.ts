import { firstString } from '../attributes.ts';
import type { LogRecord } from '../log-record.ts';

/** Whole names of events: `claude_code.tool_result`, `gen_ai.choice`. */
const QUALIFIED = /^[a-z0-9_-]{1,64}(?:\.[a-z0-9_-]{1,64}){1,8}$/i;

/**
 * The whole name of the event that a log record is, '' for a plain message: OTLP's own field, else the attribute of the
 * conventions before it. Claude Code puts its short name there and the whole one in the body.
 */
export function eventNameOf({ eventName, attributes, body, scope }: LogRecord): string {
  const name = eventName || firstString(attributes, ['event.name']);
  if (name === '' || name.includes('.')) return name;
  if (typeof body === 'string' && body.endsWith(`.${name}`) && QUALIFIED.test(body)) return body;
  return scope.name.startsWith('com.anthropic.claude_code') ? `claude_code.${name}` : name;
}
