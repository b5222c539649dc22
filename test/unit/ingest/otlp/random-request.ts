import type { Random } from './random.ts';

/** The clock of these tests, and the times around it that are valid. */
export const NOW_UNIX_MS = Date.UTC(2026, 10, 21);
const NOW_UNIX_NANO = BigInt(NOW_UNIX_MS) * 1_000_000n;

const TEXTS = [
  '',
  'a',
  'gen_ai.request.model',
  'größe',
  '日本語',
  '👩‍💻',
  '\u0000\u0001',
  'line\nline',
  '"quoted" \\ {json}',
  'x'.repeat(100),
];
const KEYS = [
  'a',
  'b',
  'gen_ai.usage.input_tokens',
  '__proto__',
  'constructor',
  'toString',
  'ключ',
  '',
  'k'.repeat(70),
];

/**
 * Writes trace exports by hand that are valid and odd in every way the wire format allows: fields in any order, singular fields and
 * messages repeated, several members of a oneof, unknown fields and groups, overlong varints. All spans in them are valid.
 */
export function randomRequest(random: Random): Buffer {
  return message(
    random,
    some(random, 0, 3, () => len(random, 1, resourceSpans(random))),
  );
}

function resourceSpans(random: Random): Buffer {
  return message(random, [
    ...some(random, 0, 2, () =>
      len(
        random,
        1,
        message(
          random,
          some(random, 0, 4, () => len(random, 1, keyValue(random, 3))),
        ),
      ),
    ),
    ...some(random, 0, 3, () => len(random, 2, scopeSpans(random))),
    ...some(random, 0, 1, () => len(random, 3, text(random))),
  ]);
}

function scopeSpans(random: Random): Buffer {
  const scope = () =>
    message(random, [
      ...some(random, 0, 2, () => len(random, 1, text(random))),
      ...some(random, 0, 2, () => len(random, 2, text(random))),
      ...some(random, 0, 2, () => len(random, 3, keyValue(random, 3))),
    ]);
  return message(random, [
    ...some(random, 0, 2, () => len(random, 1, scope())),
    ...some(random, 0, 4, () => len(random, 2, span(random))),
  ]);
}

function span(random: Random): Buffer {
  const status = () =>
    message(random, [
      ...some(random, 0, 1, () => len(random, 2, text(random))),
      ...some(random, 0, 2, () => int(random, 3, BigInt(random.below(5)))),
    ]);
  return message(random, [
    ...some(random, 1, 2, () => len(random, 1, id(random, 16))),
    ...some(random, 1, 2, () => len(random, 2, id(random, 8))),
    ...some(random, 0, 1, () => len(random, 3, text(random))),
    ...some(random, 0, 1, () => len(random, 4, id(random, 8))),
    ...some(random, 0, 2, () => len(random, 5, text(random))),
    ...some(random, 0, 2, () => int(random, 6, BigInt(random.below(9) - 1))),
    ...some(random, 1, 2, () => fixed64(random, 7, NOW_UNIX_NANO + BigInt(random.below(1e9)))),
    ...some(random, 1, 2, () => fixed64(random, 8, NOW_UNIX_NANO + BigInt(1e9 + random.below(1e9)))),
    ...some(random, 0, 8, () => len(random, 9, keyValue(random, 3))),
    ...some(random, 0, 1, () => int(random, 10, BigInt(random.below(1000)))),
    ...some(random, 0, 2, () => len(random, 11, event(random))),
    ...some(random, 0, 1, () => int(random, 12, BigInt(random.below(1000)))),
    ...some(random, 0, 2, () => len(random, 13, link(random))),
    ...some(random, 0, 1, () => int(random, 14, BigInt(random.below(1000)))),
    ...some(random, 0, 2, () => len(random, 15, status())),
    ...some(random, 0, 1, () => fixed32(random, 16)),
  ]);
}

function event(random: Random): Buffer {
  return message(random, [
    ...some(random, 1, 2, () => fixed64(random, 1, NOW_UNIX_NANO + BigInt(random.below(1e9)))),
    ...some(random, 0, 1, () => len(random, 2, text(random))),
    ...some(random, 0, 3, () => len(random, 3, keyValue(random, 2))),
    ...some(random, 0, 1, () => int(random, 4, 3n)),
  ]);
}

function link(random: Random): Buffer {
  return message(random, [
    ...some(random, 1, 2, () => len(random, 1, id(random, 16))),
    ...some(random, 1, 2, () => len(random, 2, id(random, 8))),
    ...some(random, 0, 1, () => len(random, 3, text(random))),
    ...some(random, 0, 3, () => len(random, 4, keyValue(random, 2))),
    ...some(random, 0, 1, () => fixed32(random, 6)),
  ]);
}

function keyValue(random: Random, depth: number): Buffer {
  return message(random, [
    ...some(random, 0, 2, () => len(random, 1, Buffer.from(random.pick(KEYS)))),
    ...some(random, 0, 2, () => len(random, 2, anyValue(random, depth))),
  ]);
}

function anyValue(random: Random, depth: number): Buffer {
  const member = () => {
    const kind = 1 + random.below(depth > 0 ? 7 : 4);
    if (kind === 1) return len(random, 1, text(random));
    if (kind === 2) return int(random, 2, BigInt(random.below(3)));
    if (kind === 3)
      return int(random, 3, BigInt.asIntN(random.pick([8, 32, 53, 54, 64]), random.bytes(8).readBigInt64LE()));
    if (kind === 4) return Buffer.concat([tag(random, 4, 1), double(random)]);
    if (kind === 5)
      return len(
        random,
        5,
        message(
          random,
          some(random, 0, 3, () => len(random, 1, anyValue(random, depth - 1))),
        ),
      );
    if (kind === 6)
      return len(
        random,
        6,
        message(
          random,
          some(random, 0, 3, () => len(random, 1, keyValue(random, depth - 1))),
        ),
      );
    return len(random, 7, random.bytes(random.below(20)));
  };
  return message(random, some(random, 0, 2, member));
}

/** Joins fields in random order, with unknown ones between. */
function message(random: Random, fields: Buffer[]): Buffer {
  const all = random.chance(0.2) ? [...fields, unknownField(random)] : [...fields];
  if (random.chance(0.5)) {
    for (let i = all.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [all[i], all[j]] = [all[j]!, all[i]!];
    }
  }
  return Buffer.concat(all);
}

function unknownField(random: Random): Buffer {
  const number = random.pick([17, 100, 2047, 2048, 536_870_911]);
  const kind = random.below(5);
  if (kind === 0) return int(random, number, random.bytes(8).readBigInt64LE());
  if (kind === 1) return fixed64(random, number, 0x0a0a_0a0a_0a0an);
  if (kind === 2) return len(random, number, random.bytes(random.below(30)));
  if (kind === 3) return fixed32(random, number);
  return Buffer.concat([
    tag(random, number, 3),
    random.chance(0.5) ? unknownField(random) : int(random, 1, 5n),
    tag(random, number, 4),
  ]);
}

function some(random: Random, least: number, most: number, make: () => Buffer): Buffer[] {
  return Array.from({ length: least + random.below(most - least + 1) }, make);
}

function text(random: Random): Buffer {
  return Buffer.from(random.pick(TEXTS));
}

/** Never all zero. */
function id(random: Random, length: number): Buffer {
  const bytes = random.bytes(length);
  bytes[random.below(length)] = 1 + random.below(255);
  return bytes;
}

function double(random: Random): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(random.pick([0, -0, 1.5, -1e300, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, random.next()]));
  return bytes;
}

function tag(random: Random, number: number, type: number): Buffer {
  return varint(random, BigInt(number * 8 + type), 5);
}

function int(random: Random, number: number, value: bigint): Buffer {
  return Buffer.concat([tag(random, number, 0), varint(random, BigInt.asUintN(64, value), 10)]);
}

function fixed64(random: Random, number: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return Buffer.concat([tag(random, number, 1), bytes]);
}

function fixed32(random: Random, number: number): Buffer {
  return Buffer.concat([tag(random, number, 5), random.bytes(4)]);
}

function len(random: Random, number: number, content: Buffer): Buffer {
  return Buffer.concat([tag(random, number, 2), varint(random, BigInt(content.length), 5), content]);
}

/** Now and then with needless continuation bytes, which the format allows up to `longest` bytes. */
function varint(random: Random, value: bigint, longest: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(Number(rest & 0x7fn));
    rest >>= 7n;
  } while (rest > 0n);
  while (bytes.length < longest && random.chance(0.05)) bytes.push(0);
  return Buffer.from(bytes.map((byte, i) => (i === bytes.length - 1 ? byte : byte | 0x80)));
}
