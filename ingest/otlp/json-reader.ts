import { CodedError } from '../../engine/core/errors.ts';
import { INVALID_ID } from './export-batch.ts';
import { KeyCache } from './key-cache.ts';

/** Levels of brackets in a value that nobody reads. */
const DEEPEST_SKIPPED = 10_000;

/** Quotes this near are found sooner by looking than by a call of indexOf. */
const NEAR = 64;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const INTEGER = /^-?[0-9]{1,20}$/;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * Reads JSON off a body as its reader asks for it, by the rules of proto3's JSON mapping: null is an absent field, 64-bit integers
 * are numbers or text and stay exact, doubles may be "NaN". Nothing is built for what is not asked for, so a hostile body of
 * brackets costs no memory, and strings are copies, so the body can be let go. Throws BAD_REQUEST at the first byte that is not
 * JSON or not of the type asked for. More lenient than JSON.parse in one point: control characters may stand in strings.
 */
export class JsonReader {
  pos = 0;
  /** Of the object member whose value comes next. */
  name = '';

  private readonly body: Buffer;
  private readonly keys: KeyCache;
  /** The first backslash at or after `pos`, or the end; looked up when `pos` has passed it. */
  private backslash = -1;

  constructor(body: Uint8Array) {
    this.body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.keys = new KeyCache(this.body);
  }

  /** Enters an object: `for (let more = r.enterObject(); more; more = r.nextMember())`. Each value must be read or skipped. */
  enterObject(): boolean {
    if (this.takeNull()) return false;
    if (this.take() !== OPEN_OBJECT) this.fail('an object');
    if (this.peek() === CLOSE_OBJECT) {
      this.pos++;
      return false;
    }
    this.readName();
    return true;
  }

  nextMember(): boolean {
    const byte = this.take();
    if (byte === CLOSE_OBJECT) return false;
    if (byte !== COMMA) this.fail('a comma or the end of an object');
    this.readName();
    return true;
  }

  /** Enters an array: `for (let more = r.enterArray(); more; more = r.nextItem())`. */
  enterArray(): boolean {
    if (this.takeNull()) return false;
    if (this.take() !== OPEN_ARRAY) this.fail('an array');
    if (this.peek() !== CLOSE_ARRAY) return true;
    this.pos++;
    return false;
  }

  nextItem(): boolean {
    const byte = this.take();
    if (byte === CLOSE_ARRAY) return false;
    if (byte !== COMMA) this.fail('a comma or the end of an array');
    return true;
  }

  /** Says whether the value is null, and then takes it. */
  takeNull(): boolean {
    if (this.peek() !== 0x6e) return false;
    this.takeWord('null');
    return true;
  }

  /** Checks that nothing follows. */
  finish(): void {
    if (this.peek() !== undefined) this.fail('the end');
  }

  text(): string {
    if (this.takeNull()) return '';
    return this.quoted(false);
  }

  /** The same for a string that the body is likely to repeat. */
  key(): string {
    if (this.takeNull()) return '';
    return this.quoted(true);
  }

  boolean(): boolean {
    const byte = this.peek();
    if (byte === 0x74) this.takeWord('true');
    else if (byte === 0x66) this.takeWord('false');
    else this.fail('true or false');
    return byte === 0x74;
  }

  /** A signed 64-bit integer, as a number where that is exact. A number that is no such integer stays what it is. */
  int64(): number | bigint {
    const text = this.scalar();
    if (!NUMBER.test(text)) this.fail('an integer');
    const number = Number(text);
    // Adding 0 makes -0 an integer too.
    if (Number.isSafeInteger(number) || !INTEGER.test(text)) return number + 0;
    const exact = BigInt(text);
    return BigInt.asIntN(64, exact) === exact ? exact : number;
  }

  /** An unsigned 64-bit integer; 0 when it is anything else. */
  uint64(): bigint {
    if (this.takeNull()) return 0n;
    const text = this.scalar();
    if (!INTEGER.test(text)) return 0n;
    const exact = BigInt(text);
    return BigInt.asUintN(64, exact) === exact ? exact : 0n;
  }

  count(): number {
    return this.takeNull() ? 0 : Number(this.int64());
  }

  /** An enum, whose names OTLP/JSON does not allow. */
  enumNumber(): number {
    if (this.takeNull()) return 0;
    if (this.peek() === QUOTE) this.fail('the number of an enum, not its name,');
    return Number(this.scalar());
  }

  double(): number {
    const quoted = this.peek() === QUOTE;
    const text = this.scalar();
    if (NUMBER.test(text)) return Number(text);
    if (quoted && text === 'NaN') return Number.NaN;
    if (quoted && text === 'Infinity') return Number.POSITIVE_INFINITY;
    if (quoted && text === '-Infinity') return Number.NEGATIVE_INFINITY;
    return this.fail('a number');
  }

  /** Bytes as base64, in either alphabet. */
  bytes(): Uint8Array {
    const text = this.quoted(false);
    if (!BASE64.test(text)) this.fail('base64');
    return new Uint8Array(Buffer.from(text, 'base64'));
  }

  /** An id of `length` bytes, hex in either case, as lower-case hex; '' when absent, INVALID_ID when it is none. */
  id(length: number): string {
    const text = this.text();
    if (text === '') return '';
    if (text.length !== length * 2 || !/^[0-9a-fA-F]+$/.test(text)) return INVALID_ID;
    return text.toLowerCase();
  }

  /** Skips any value. */
  skip(): void {
    const owed: number[] = [];
    do {
      const byte = this.peek();
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (owed.length === DEEPEST_SKIPPED) this.fail('less nesting');
        this.pos++;
        const close = byte + 2;
        if (this.peek() !== close) {
          owed.push(close);
          if (close === CLOSE_OBJECT) this.readName();
          continue;
        }
        this.pos++;
      } else this.skipScalar();
      while (owed.length > 0) {
        const after = this.take();
        const close = owed.at(-1);
        if (after === close) {
          owed.pop();
          continue;
        }
        if (after !== COMMA) this.fail('a comma or a closing bracket');
        if (close === CLOSE_OBJECT) this.readName();
        break;
      }
    } while (owed.length > 0);
  }

  private skipScalar(): void {
    const byte = this.peek();
    if (byte === QUOTE) this.quoted(false);
    else if (byte === 0x6e) this.takeNull();
    else if (byte === 0x74 || byte === 0x66) this.boolean();
    else this.double();
  }

  private readName(): void {
    this.name = this.quoted(true);
    if (this.take() !== COLON) this.fail('a colon');
  }

  /** The text of a number, or of a string that holds one. */
  private scalar(): string {
    if (this.peek() === QUOTE) return this.quoted(false);
    const start = this.pos;
    for (let byte = this.body[this.pos]; isNumeric(byte); byte = this.body[++this.pos]);
    const text = this.body.toString('latin1', start, this.pos);
    if (!NUMBER.test(text)) this.fail('a number');
    return text;
  }

  private quoted(repeats: boolean): string {
    if (this.take() !== QUOTE) this.fail('a string');
    const { body } = this;
    const start = this.pos;
    let end = start;
    const near = start + NEAR;
    for (let byte = body[end]; byte !== QUOTE; byte = body[++end]) {
      if (byte === BACKSLASH) return this.escaped(start, end);
      if (end === near) {
        end = this.farQuote(end);
        if (end === -1) return this.escaped(start, this.backslash);
        break;
      }
    }
    this.pos = end + 1;
    return repeats ? this.keys.read(start, end) : body.toString('utf8', start, end);
  }

  /** The quote that ends a long string, -1 when a backslash comes first. */
  private farQuote(from: number): number {
    const { body } = this;
    if (this.backslash < from) {
      const found = body.indexOf(BACKSLASH, from);
      this.backslash = found === -1 ? body.length : found;
    }
    const quote = body.indexOf(QUOTE, from);
    if (quote === -1) this.fail('the end of a string');
    return quote < this.backslash ? quote : -1;
  }

  /** A string with escapes; half a surrogate pair becomes U+FFFD, for it could not be stored as UTF-8. */
  private escaped(start: number, backslash: number): string {
    const { body } = this;
    let end = backslash;
    while (end < body.length && body[end] !== QUOTE) end += body[end] === BACKSLASH ? 2 : 1;
    if (end >= body.length) this.fail('the end of a string');
    this.pos = end + 1;
    try {
      return (JSON.parse(body.toString('utf8', start - 1, end + 1)) as string).toWellFormed();
    } catch {
      return this.fail('a valid string');
    }
  }

  private takeWord(word: string): void {
    const end = this.pos + word.length;
    if (this.body.toString('latin1', this.pos, end) !== word) this.fail(word);
    this.pos = end;
  }

  private peek(): number | undefined {
    let byte = this.body[this.pos];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = this.body[++this.pos];
    return byte;
  }

  private take(): number | undefined {
    const byte = this.peek();
    this.pos++;
    return byte;
  }

  private fail(expected: string): never {
    const at = Math.min(this.pos, this.body.length);
    throw new CodedError('BAD_REQUEST', `the body is not valid OTLP/JSON: expected ${expected} near byte ${at}`);
  }
}

function isNumeric(byte: number | undefined): boolean {
  return (
    byte !== undefined &&
    ((byte >= 0x30 && byte <= 0x39) ||
      byte === 0x2d ||
      byte === 0x2b ||
      byte === 0x2e ||
      byte === 0x65 ||
      byte === 0x45)
  );
}
