import { CodedError } from '../../engine/core/errors.ts';
import { INVALID_ID } from './export-batch.ts';
import { KeyCache } from './key-cache.ts';

/** Groups (wire types 3 and 4) were never part of OTLP; as unknown fields they are skipped, down to this depth. */
const DEEPEST_GROUP = 64;

/**
 * Reads protobuf's wire format (protobuf.dev/programming-guides/encoding) off a body. A message is a range of the body; whoever
 * reads one takes tags until `pos` reaches its end, and `leave` makes sure that no field ran over it. Strings and bytes are
 * copies, so the body can be let go. Throws BAD_REQUEST at the first byte that is not protobuf.
 */
export class WireReader {
  pos = 0;
  readonly end: number;

  private readonly body: Buffer;
  private readonly view: DataView;
  private readonly keys: KeyCache;

  constructor(body: Uint8Array) {
    this.body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.keys = new KeyCache(this.body);
    this.end = body.byteLength;
  }

  /** A tag, that is field number × 8 + wire type. */
  tag(): number {
    const tag = this.varint();
    if (tag < 8 || tag > 0xffff_ffff) this.fail();
    return tag;
  }

  /** An unsigned varint; exact up to 2^53, which is enough for tags, lengths, enums and counts. */
  varint(): number {
    const { body } = this;
    const first = body[this.pos++]!;
    if (first < 0x80) return first;
    let value = first & 0x7f;
    for (let shift = 7, scale = 128; shift < 70; shift += 7, scale *= 128) {
      const byte = body[this.pos++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return this.fail();
  }

  /** A signed 64-bit varint, as a number where that is exact. */
  int64(): number | bigint {
    const start = this.pos;
    const value = this.varint();
    if (this.pos - start <= 7) return value;
    let exact = 0n;
    for (let i = this.pos - 1; i >= start; i--) exact = (exact << 7n) | BigInt(this.body[i]! & 0x7f);
    exact = BigInt.asIntN(64, exact);
    const rounded = Number(exact);
    return Number.isSafeInteger(rounded) ? rounded : exact;
  }

  fixed64(): bigint {
    const start = this.advance(8);
    return this.view.getBigUint64(start, true);
  }

  fixed32(): number {
    const start = this.advance(4);
    return this.view.getUint32(start, true);
  }

  double(): number {
    const start = this.advance(8);
    return this.view.getFloat64(start, true);
  }

  /** Enters a length-delimited field of the message that ends at `limit`; returns where the field ends. */
  enter(limit: number): number {
    const length = this.varint();
    const end = this.pos + length;
    if (end > limit) this.fail();
    return end;
  }

  /** Checks that a message was read up to its end exactly. */
  leave(end: number): void {
    if (this.pos !== end) this.fail();
  }

  /** A string whose bytes end at `end`; invalid UTF-8 becomes U+FFFD. */
  text(end: number): string {
    const start = this.pos;
    this.pos = end;
    return start === end ? '' : this.body.toString('utf8', start, end);
  }

  /** The same for a string that the body is likely to repeat. */
  key(end: number): string {
    const start = this.pos;
    this.pos = end;
    return this.keys.read(start, end);
  }

  bytes(end: number): Uint8Array {
    const start = this.pos;
    this.pos = end;
    return new Uint8Array(this.body.subarray(start, end));
  }

  /** An id of `length` bytes as hex; '' when empty, INVALID_ID when of another length. */
  id(end: number, length: number): string {
    const start = this.pos;
    this.pos = end;
    if (end - start === length) return this.body.toString('hex', start, end);
    return end === start ? '' : INVALID_ID;
  }

  /** Skips the field of a tag that the message does not know. */
  skip(tag: number, limit: number): void {
    let depth = 0;
    for (let next = tag; ; next = this.tag()) {
      const type = next & 7;
      if (type === 0) this.varint();
      else if (type === 1) this.advance(8);
      else if (type === 2) this.pos = this.enter(limit);
      else if (type === 3 && depth < DEEPEST_GROUP) depth++;
      else if (type === 4 && depth > 0) depth--;
      else if (type === 5) this.advance(4);
      else this.fail();
      if (depth === 0) return;
    }
  }

  private advance(bytes: number): number {
    const start = this.pos;
    this.pos += bytes;
    if (this.pos > this.end) this.fail();
    return start;
  }

  private fail(): never {
    throw new CodedError('BAD_REQUEST', `the body is not valid protobuf (near byte ${Math.min(this.pos, this.end)})`);
  }
}
