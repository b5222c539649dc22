import { CodedError } from '../../engine/core/errors.ts';

/** What failed, for the log: our own errors hold no content, of others only the kind is safe to tell. */
export function reasonOf(error: unknown): string {
  if (error instanceof CodedError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.name} ${(error.stack ?? '').split('\n')[1]?.trim() ?? ''}` : 'unknown';
}
