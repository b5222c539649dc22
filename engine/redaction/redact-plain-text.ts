import { clip } from './clip.ts';
import type { Redactor } from './redactor.ts';
import { SPAN_LIMITS } from './span-boundary.ts';
import { createWorkBudget } from './work-budget.ts';

/** A short text outside any span, redacted and clipped to `limit` UTF-16 units. */
export function redactPlainText(text: string, redactor: Redactor, limit: number): string {
  return text === ''
    ? ''
    : clip(redactor.redactText(text, { budget: createWorkBudget(SPAN_LIMITS.steps) }).text, limit);
}
