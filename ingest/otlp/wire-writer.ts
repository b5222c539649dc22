/**
 * The few messages that a receiver answers with, on protobuf's wire. A message is the concatenation of its fields; fields that
 * hold their default are left out.
 */
export function varintField(number: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.concat([varint(number * 8), varint(value)]);
}

export function textField(number: number, value: string): Buffer {
  return value === '' ? Buffer.alloc(0) : messageField(number, [Buffer.from(value)]);
}

/** A nested message, or bytes; written even when empty. */
export function messageField(number: number, fields: readonly Buffer[]): Buffer {
  const content = Buffer.concat(fields);
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

/** `value` is a non-negative safe integer. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
