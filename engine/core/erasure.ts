export const ERASURE_KINDS = ['org', 'user', 'session', 'trace'] as const;
export type ErasureKind = (typeof ERASURE_KINDS)[number];

/** What was asked to be erased and how far that is. Times are milliseconds since 1970. */
export interface Erasure {
  readonly id: string;
  readonly org: string;
  readonly kind: ErasureKind;
  /** Sealed; '' when it is done. */
  readonly subject: string;
  readonly requestedAt: number;
  readonly requestedBy: string;
  readonly state: 'waiting' | 'running' | 'done';
  /** 0 until it is done. */
  readonly finishedAt: number;
  readonly spans: number;
  readonly otherRows: number;
  readonly archivedRows: number;
  /** Of the last try; '' when it went well. */
  readonly error: string;
  readonly revision: number;
}

/** Within this an erasure is carried out. */
export const ERASURE_DUE_MS = 24 * 3_600_000;
