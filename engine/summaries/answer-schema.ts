import { z } from 'zod';

/** Keywords that providers' strict schemas refuse; the answer is still held to them when it is parsed. */
const REFUSED = new Set(['$schema', 'maxLength', 'minLength', 'maxItems', 'minItems', 'minimum', 'maximum', 'default']);

/** The JSON Schema that a provider gets for an answer. */
export function answerSchema(schema: z.ZodType): Record<string, unknown> {
  return withoutRefused(z.toJSONSchema(schema, { io: 'input', target: 'draft-7' })) as Record<string, unknown>;
}

function withoutRefused(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutRefused);
  if (node === null || typeof node !== 'object') return node;
  const kept = Object.entries(node).filter(([key, value]) => !(REFUSED.has(key) && typeof value !== 'object'));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutRefused(value)]));
}
