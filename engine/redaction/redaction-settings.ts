import type { RedactionPolicy } from './redaction-policy.ts';

/** How an org's texts are redacted now. Plain values: they cross to the threads that do it. */
export interface RedactionSettings {
  /** Changes when anything else here does. */
  readonly revision: string;
  readonly policy: RedactionPolicy;
  readonly key: Uint8Array;
  /** Keys of before, within their grace period. */
  readonly formerKeys: readonly Uint8Array[];
}
