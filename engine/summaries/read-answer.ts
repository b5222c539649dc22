import type { z } from 'zod';
import { inertText } from './inert-text.ts';

type Redact = (text: string) => string;

/** A string of an answer at most; schemas ask for less. */
const MOST_CHARACTERS = 20_000;

/** The answer in a model's text when it has the form of `schema`, which sees its strings redacted and inert; undefined when not. */
export function readAnswer<Answer>(
  text: string,
  schema: z.ZodType<Answer>,
  redact: Redact,
): { value: Answer } | undefined {
  try {
    const parsed = schema.safeParse(safe(JSON.parse(text), redact));
    return parsed.success ? { value: parsed.data } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Every string redacted (what a model makes up may look like a secret, or be one) and inert. Twice: taking away what is invisible
 * can put a secret together, and a placeholder can come to stand before a bracket.
 */
function safe(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') {
    const once = inertText(redact(value), MOST_CHARACTERS);
    return inertText(redact(once), MOST_CHARACTERS);
  }
  if (Array.isArray(value)) return value.map((item) => safe(item, redact));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, safe(item, redact)]));
}
