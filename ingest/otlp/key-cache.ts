/** A power of two. */
const SLOTS = 512;
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
    const slot = this.slotOf(start, end);
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

  private slotOf(start: number, end: number): number {
    const { body } = this;
    let hash = 0;
    for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + body[i]!) | 0;
    return (hash ^ (hash >>> 9)) & (SLOTS - 1);
  }

  private equals(other: number, start: number, end: number): boolean {
    const { body } = this;
    for (let i = start, j = other; i < end; i++, j++) if (body[i] !== body[j]) return false;
    return true;
  }
}
