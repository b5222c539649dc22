import type { z } from 'zod';
import { CodedError } from '../../core/errors.ts';

/** What somebody entered, by its schema. Throws BAD_REQUEST that names the first field at fault and never its value. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '');
  const reason = issue?.code === 'unrecognized_keys' ? 'is not known' : 'is missing or not valid';
  throw new CodedError('BAD_REQUEST', `The field "${field.slice(0, 100)}" ${reason}`, { extra: { field } });
}
