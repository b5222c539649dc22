/** A power of two. */
const SLOTS = 256;
/** Longer keys are rare, and comparing them costs more than reading them anew. */
const LONGEST_KEY = 64;

/**
 * The strings of keys that came before in the same body: the spans of a batch repeat the same few dozen keys. Finding one
 * compares bytes instead of making a string, and all spans then share it. A collision only evicts, so a hostile body can make it
 * useless but neither large nor slow.
 */
export class KeyCache {
  private readonly body: Buffer;
  private readonly keys: (string | undefined)[] = new Array(SLOTS).fill(undefined);
  /** Where in the body the key of each slot was first read. */
  private readonly starts = new Uint32Array(SLOTS);

  constructor(body: Buffer) {
    this.body = body;
  }

  /** The text of the body's bytes from `start` to `end`. */
  read(start: number, end: number): string {
    const { body } = this;
    const length = end - start;
    if (length < 2 || length > LONGEST_KEY) return body.toString('utf8', start, end);
    const slot =
      (length * 7 + body[end - 1]! * 31 + body[end - 2]! * 17 + body[start + (length >> 1)]! * 13) & (SLOTS - 1);
    const cached = this.keys[slot];
    // Only ASCII keys are kept, so the length in bytes is that of the string.
    if (cached?.length === length && this.equals(this.starts[slot]!, start, end)) return cached;
    const key = body.toString('utf8', start, end);
    if (key.length === length) {
      this.keys[slot] = key;
      this.starts[slot] = start;
    }
    return key;
  }

  private equals(other: number, start: number, end: number): boolean {
    const { body } = this;
    for (let i = start, j = other; i < end; i++, j++) if (body[i] !== body[j]) return false;
    return true;
  }
}
