/**
 * The one catalogue of errors. `status` is the HTTP status they answer with; `retryable` says whether the same request can
 * succeed later without a change; `exit` is the command line's exit code.
 */
export const ERRORS = {
  CONFIG_INVALID: { status: 500, retryable: false, exit: 2, title: 'The configuration is not valid' },
  USAGE: { status: 400, retryable: false, exit: 2, title: 'Wrong usage' },
  MIGRATION_FAILED: { status: 500, retryable: false, exit: 2, title: 'A migration failed' },
  STORE_UNAVAILABLE: { status: 503, retryable: true, exit: 1, title: 'The store does not answer' },
  DISK_FULL: { status: 503, retryable: true, exit: 1, title: 'The disk is full' },
  STORE_REFUSED: { status: 500, retryable: false, exit: 1, title: 'The store refused the statement' },
  DATA_FOLDER_LOCKED: { status: 500, retryable: false, exit: 2, title: 'The data folder is in use' },
  RULE_INVALID: { status: 400, retryable: false, exit: 1, title: 'The rule is not valid' },
  RULE_FAILED: { status: 500, retryable: false, exit: 1, title: 'The rule failed while it ran' },
  BAD_REQUEST: { status: 400, retryable: false, exit: 2, title: 'The request is not valid' },
  UNAUTHENTICATED: { status: 401, retryable: false, exit: 2, title: 'A valid token is required' },
  FORBIDDEN: { status: 403, retryable: false, exit: 2, title: 'Not allowed' },
  NOT_FOUND: { status: 404, retryable: false, exit: 1, title: 'Not found' },
  CONFLICT: { status: 409, retryable: false, exit: 1, title: 'Conflict' },
  TOO_LARGE: { status: 413, retryable: false, exit: 1, title: 'The request is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retryable: false, exit: 1, title: 'Unsupported media type' },
  RATE_LIMITED: { status: 429, retryable: true, exit: 1, title: 'Too many requests' },
  OVERLOADED: { status: 429, retryable: true, exit: 1, title: 'Too many requests in flight' },
  SHUTTING_DOWN: { status: 503, retryable: true, exit: 1, title: 'The server is shutting down' },
  QUERY_REFUSED: { status: 400, retryable: false, exit: 1, title: 'The query was refused' },
  QUERY_FAILED: { status: 400, retryable: false, exit: 1, title: 'The query failed' },
  QUERY_LIMIT: { status: 422, retryable: false, exit: 1, title: 'The query ran into a limit' },
  DESTINATION_REFUSED: { status: 400, retryable: false, exit: 1, title: 'The destination was refused' },
  SERVER_UNREACHABLE: { status: 502, retryable: true, exit: 2, title: 'No server answers' },
  DELIVERY_FAILED: { status: 502, retryable: true, exit: 1, title: 'The delivery failed' },
  MODEL_UNAVAILABLE: { status: 503, retryable: true, exit: 1, title: 'No answer of a language model' },
  ARCHIVE_UNAVAILABLE: { status: 502, retryable: true, exit: 1, title: 'The archive does not answer' },
  ARCHIVE_DAMAGED: { status: 500, retryable: false, exit: 1, title: 'The archive is damaged' },
  INTERNAL: { status: 500, retryable: false, exit: 1, title: 'Internal error' },
} as const satisfies Record<string, { status: number; retryable: boolean; exit: 0 | 1 | 2; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error from the catalogue. `message` says what is wrong and how to mend it, in one line and without any trace content. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  /** Extra members for the problem document, e.g. the field at fault. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; extra?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CodedError';
    this.code = code;
    this.extra = options.extra ?? {};
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

/** Whether it is from the catalogue; with codes, one of these. */
export function isCoded(error: unknown, ...codes: readonly ErrorCode[]): error is CodedError {
  return error instanceof CodedError && (codes.length === 0 || codes.includes(error.code));
}
