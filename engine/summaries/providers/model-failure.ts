import type { TokenUse } from './model-provider.ts';

/**
 * Why a call gave no answer.
 * throttled: asked too often. unavailable: did not answer, or broke off. refused: the model or a filter would not.
 * unreadable: an answer, but none that can be used. rejected: the request was not accepted. misconfigured: wrong key, model or address.
 */
export type FailureReason = 'throttled' | 'unavailable' | 'refused' | 'unreadable' | 'rejected' | 'misconfigured';

/** A call that gave no answer. Says nothing of what was sent or received: a provider's error texts quote the request. */
export class ModelFailure extends Error {
  readonly reason: FailureReason;
  /** Of the provider's `Retry-After`; milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Tokens that were spent all the same, where the provider said so. */
  readonly use: TokenUse | undefined;
  /** Whether tokens may have been spent that nobody counted: the request reached a model. */
  readonly uncounted: boolean;

  constructor(
    reason: FailureReason,
    details: { retryAfterMs?: number | undefined; use?: TokenUse | undefined; uncounted?: boolean } = {},
  ) {
    super(`the model gave no answer: ${reason}`);
    this.name = 'ModelFailure';
    this.reason = reason;
    this.retryAfterMs = details.retryAfterMs;
    this.use = details.use;
    this.uncounted = details.uncounted ?? false;
  }
}

/** What an HTTP status of a provider means. */
export function reasonOfStatus(status: number): FailureReason {
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403 || status === 404) return 'misconfigured';
  if (status === 408 || status === 409 || status >= 500) return 'unavailable';
  return 'rejected';
}

const LONGEST_PAUSE_MS = 3_600_000;

/** Milliseconds that a provider asks to wait, of `retry-after-ms` or `retry-after` in seconds. */
export function askedPauseMs(header: (name: string) => string | null | undefined): number | undefined {
  const exact = wholeNumber(header('retry-after-ms'));
  const seconds = wholeNumber(header('retry-after'));
  const pause = exact ?? (seconds === undefined ? undefined : seconds * 1_000);
  return pause === undefined ? undefined : Math.min(pause, LONGEST_PAUSE_MS);
}

function wholeNumber(text: string | null | undefined): number | undefined {
  return text != null && /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
}
