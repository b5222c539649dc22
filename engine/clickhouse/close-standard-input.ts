import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

const STANDARD_INPUT = 0;

/**
 * The embedded engine takes what stands on standard input for the data of an INSERT, as `clickhouse-client` does, and refuses
 * the INSERT's own: `yes | spanwarden start` could store nothing. No command that opens the engine reads standard input, so it
 * gets an empty one. A terminal is left as it is, for the engine does not read one.
 */
export function closeStandardInput(): void {
  if (isatty(STANDARD_INPUT)) return;
  // The lowest free descriptor is the next to be given out.
  closeSync(STANDARD_INPUT);
  openSync('/dev/null', 'r');
}
