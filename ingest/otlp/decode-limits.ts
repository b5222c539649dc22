/** What one request may cost. Beyond a limit the excess is dropped and the sender told, beyond `maxWeight` the request is refused. */
export interface DecodeLimits {
  /**
   * Heap that the decoded request may take beside its text, in units of about 128 bytes, however densely a hostile body packs it: a
   * span weighs 4, a link 3, an event, a resource or a scope 2, an attribute or list item 1, and 1 more when it holds a list, a map or bytes.
   */
  readonly maxWeight: number;
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

/** Measured: an empty span takes 500 bytes of heap, a link 330, an event or a map 240, an attribute 50. */
export const DEFAULT_DECODE_LIMITS: DecodeLimits = {
  maxWeight: 1_000_000,
  maxAttributes: 8_192,
  maxEvents: 2_048,
  maxLinks: 2_048,
  maxDepth: 32,
  maxStringBytes: 16 * 1024 * 1024,
  maxFutureMs: 24 * 3600 * 1000,
};
