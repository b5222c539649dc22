import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { answerSchema } from './answer-schema.ts';
import type { Purpose } from './call-ledger.ts';
import { type DataPart, frameInstructions } from './frame-data.ts';

/** A question about content, with the form of its answer. */
export interface Question<Answer> {
  readonly purpose: Purpose;
  /** The session or alert that it is about, to which it is charged. */
  readonly subject: string;
  /** Ours, fixed: never anything that came from outside. */
  readonly instructions: string;
  readonly data: readonly DataPart[];
  /** Letters, digits and `_`. */
  readonly schemaName: string;
  /** A strict object. It sees the answer's strings redacted and inert. */
  readonly schema: z.ZodType<Answer>;
  readonly maxOutputTokens: number;
  /** Another model than the configured one, to compare. */
  readonly model?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Names the prompt: everything fixed that decides an answer besides the model and the content. */
export function promptHashOf({
  instructions,
  schema,
  maxOutputTokens,
}: Pick<Question<unknown>, 'instructions' | 'schema' | 'maxOutputTokens'>): string {
  const fixed = JSON.stringify([frameInstructions(instructions), answerSchema(schema), maxOutputTokens]);
  return createHash('sha256').update(fixed).digest('hex').slice(0, 16);
}
