import type { RequiredScanner } from '../inspect-context.ts';
import { createTrufflehogScanner } from './trufflehog-scanner.ts';

/** Plain values: they cross to the worker threads. */
export interface SecondScanOptions {
  readonly secretlint: boolean;
  /** Path of the binary. */
  readonly trufflehog: string | undefined;
  /** Nothing is stored unless TruffleHog looked at it. */
  readonly trufflehogRequired: boolean;
}

/** The second scanners that are switched on, in the order they run. What is off is not loaded. */
export async function createSecondScanners(options: SecondScanOptions): Promise<RequiredScanner[]> {
  const scanners: RequiredScanner[] = [];
  if (options.secretlint) {
    const { createSecretlintScanner } = await import('./secretlint-scanner.ts');
    scanners.push({ scanner: createSecretlintScanner(), required: true });
  }
  if (options.trufflehog !== undefined || options.trufflehogRequired) {
    // required and absent: starting it fails, and so does storing
    const scanner = createTrufflehogScanner(options.trufflehog ?? 'trufflehog-is-not-set');
    scanners.push({ scanner, required: options.trufflehogRequired });
  }
  return scanners;
}
