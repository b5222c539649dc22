import { z } from 'zod';
import { SEVERITIES } from '../../core/severity.ts';

/** What of an alert matchers look at. */
export interface MatchSubject {
  readonly severity: string;
  readonly rule: string;
  readonly tags: readonly string[];
  readonly org: string;
  readonly entity: { readonly kind: string; readonly value: string };
  readonly session: string;
  /** Of the session's spans. */
  readonly agents: readonly string[];
  readonly users: readonly string[];
}

/** Exact, or with `*` for any run of characters. */
const pattern = z.string().min(1).max(200);
const patterns = z.array(pattern).min(1).max(50);

/** Every field that is named must hold; of its values one is enough. */
export const matcherSchema = z.strictObject({
  severity: z.array(z.enum(SEVERITIES)).min(1).max(4).optional(),
  rule: patterns.optional(),
  tag: patterns.optional(),
  org: patterns.optional(),
  agent: patterns.optional(),
  user: patterns.optional(),
  session: patterns.optional(),
  /** `kind:value`, e.g. `session:*`. */
  entity: patterns.optional(),
});
export type Matcher = z.infer<typeof matcherSchema>;

const VALUES: Readonly<Record<keyof Matcher, (subject: MatchSubject) => readonly string[]>> = {
  severity: (subject) => [subject.severity],
  rule: (subject) => [subject.rule],
  tag: (subject) => subject.tags,
  org: (subject) => [subject.org],
  agent: (subject) => subject.agents,
  user: (subject) => subject.users,
  session: (subject) => [subject.session],
  entity: ({ entity }) => [`${entity.kind}:${entity.value}`],
};

export function matches(matcher: Matcher, subject: MatchSubject): boolean {
  return (Object.keys(VALUES) as (keyof Matcher)[]).every((field) => {
    const wanted = matcher[field];
    if (wanted === undefined) return true;
    const values = VALUES[field](subject);
    return wanted.some((one) => values.some((value) => isLike(value, one)));
  });
}

/** Whether the spans of the session have to be asked for who took part. */
export function needsSession(matcher: Matcher): boolean {
  return matcher.agent !== undefined || matcher.user !== undefined;
}

/** Whether a value has the pattern's pieces in order: linear in the value for each piece, whatever either of them holds. */
export function isLike(value: string, pattern: string): boolean {
  const pieces = pattern.split('*');
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return value === pattern;
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
  let at = first.length;
  const end = value.length - last.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
