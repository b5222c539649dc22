import type { Clock } from '../engine/core/clock.ts';
import type { Redactor } from '../engine/redaction/redactor.ts';
import type { DecodeLimits } from './otlp/decode-limits.ts';
import type { SecondScanner } from './second-scan/second-scanner.ts';

export interface InspectContext {
  readonly redactor: Redactor;
  readonly limits: DecodeLimits;
  readonly clock: Clock;
  /** Microseconds since 1970. */
  readonly ingestedAt: number;
  readonly secondScanners: readonly RequiredScanner[];
  /** The sender is a gateway: what it tells of its records is kept. */
  readonly fromGateway?: boolean | undefined;
}

/** A second scanner, and whether spans may be stored without it. */
export interface RequiredScanner {
  readonly scanner: SecondScanner;
  readonly required: boolean;
}
