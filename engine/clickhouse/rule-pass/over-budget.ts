import { CodedError, isCoded } from '../../core/errors.ts';

/** A limit of the statement's own that it ran into: the rule's fault, where the same from the store as a whole would pass. */
export function overBudget(error: unknown): CodedError | undefined {
  if (!isCoded(error, 'STORE_UNAVAILABLE')) return undefined;
  const { clickhouse_type: type } = error.extra;
  const own =
    type === 'TIMEOUT_EXCEEDED' || (type === 'MEMORY_LIMIT_EXCEEDED' && /query memory limit/i.test(error.message));
  const budget = type === 'TIMEOUT_EXCEEDED' ? 'time' : 'memory';
  return own
    ? new CodedError('STORE_REFUSED', `over its budget of ${budget}; narrow it, see docs/rules.md`)
    : undefined;
}
