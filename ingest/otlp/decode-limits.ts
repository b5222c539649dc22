/** What one request may cost. Beyond a limit the excess is dropped and the sender told, beyond `maxValues` the request is refused. */
export interface DecodeLimits {
  /**
   * Spans, events, links, attributes and list items of one request, empty ones included. Bounds the heap of a decoded request
   * at about VALUE_BYTES each, however densely a hostile body packs them.
   */
  readonly maxValues: number;
  /** Entries of one attribute list. Instrumentations that flatten messages into keys need thousands. */
  readonly maxAttributes: number;
  readonly maxEvents: number;
  readonly maxLinks: number;
  /** Levels of lists and maps within one attribute value. */
  readonly maxDepth: number;
  /** Length of one string or bytes value; the text of more than a million tokens. In bytes, in OTLP/JSON in UTF-16 units. */
  readonly maxStringBytes: number;
  /** How far ahead of our clock a time may be. */
  readonly maxFutureMs: number;
}

export const DEFAULT_DECODE_LIMITS: DecodeLimits = {
  maxValues: 1_000_000,
  maxAttributes: 8_192,
  maxEvents: 2_048,
  maxLinks: 2_048,
  maxDepth: 32,
  maxStringBytes: 8 * 1024 * 1024,
  maxFutureMs: 24 * 3600 * 1000,
};

/** Heap that one counted value takes at most on average, beside its text. */
export const VALUE_BYTES = 128;
