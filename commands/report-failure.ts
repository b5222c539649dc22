import { CommanderError } from 'commander';
import { CodedError, ERRORS } from '../engine/core/errors.ts';

/**
 * Says in one line on standard error what went wrong and answers the exit code: 1 the work found failures, 2 wrong usage or
 * configuration. Only what nobody foresaw shows its stack.
 */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const { syscall, message, stack } = error as NodeJS.ErrnoException;
  const foreseen = error instanceof CodedError || syscall !== undefined;
  const text = foreseen ? message.replace(/\p{Cc}+/gu, ' ') : (stack ?? String(error));
  process.stderr.write(`spanwarden: ${text}\n`);
  if (error instanceof CodedError) return ERRORS[error.code].exit;
  return syscall === undefined ? 1 : 2;
}
