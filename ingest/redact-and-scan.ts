import { CodedError } from '../engine/core/errors.ts';
import type { RedactedSpan } from '../engine/core/redacted-span.ts';
import { redactTaken, type TakenSpan } from './gateway/kept-span.ts';
import type { InspectContext } from './inspect-context.ts';
import { scanAgain } from './second-scan/scan-again.ts';

export interface Redacted {
  /** In the order of what was given. */
  readonly spans: readonly RedactedSpan[];
  /** By second scanner: values that only it found; -1 when it failed and may be done without. */
  readonly scannedAgain: Readonly<Record<string, number>>;
}

/** The boundary that everything passes before it is stored. Throws STORE_UNAVAILABLE when a second scanner that is required failed. */
export async function redactAndScan(
  spans: readonly TakenSpan[],
  { redactor, secondScanners }: Pick<InspectContext, 'redactor' | 'secondScanners'>,
): Promise<Redacted> {
  let redacted: readonly RedactedSpan[] = spans.map((span) => redactTaken(span, redactor));
  const scannedAgain: Record<string, number> = {};
  for (const { scanner, required } of redacted.length > 0 ? secondScanners : []) {
    try {
      const again = await scanAgain(redacted, scanner, redactor.mint);
      redacted = again.spans;
      scannedAgain[scanner.name] = again.found;
    } catch (error) {
      if (required)
        throw new CodedError('STORE_UNAVAILABLE', `the second scanner ${scanner.name} failed`, { cause: error });
      scannedAgain[scanner.name] = -1;
    }
  }
  return { spans: redacted, scannedAgain };
}
