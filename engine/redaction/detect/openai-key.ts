import type { Found } from '../redaction-rule.ts';

const KEY =
  /sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{40,200}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|[A-Za-z0-9_-]{20,80}T3BlbkFJ[A-Za-z0-9_-]{20,80})/y;
/** Characters between the start of a key and the mark (base64 of "OpenAI") in its middle. */
const MAX_BEFORE_MARK = 100;

/** Called at the prefix of a new key, or at the mark in the middle of any. */
export function findOpenAiKey(text: string, at: number, _end: number, from: number, to: number, found: Found): boolean {
  const prefixed = text.startsWith('sk-', at);
  const lowest = Math.max(from, at - MAX_BEFORE_MARK);
  const start = prefixed ? at : lowest + text.slice(lowest, at).lastIndexOf('sk-');
  if (start < lowest) return false;
  KEY.lastIndex = start;
  if (!KEY.test(text) || KEY.lastIndex > to) return false;
  found.start = start;
  found.end = KEY.lastIndex;
  return true;
}
