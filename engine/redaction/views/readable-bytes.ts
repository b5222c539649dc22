/**
 * How the first twelve bytes of something can be read as text: ASCII (after the third byte two may be of UTF-8), or ASCII in
 * UTF-16 with or without a mark of byte order. Random bytes fail at the second.
 */
export function readableBytes(bytes: Uint8Array): 'utf8' | 'utf16le' | 'utf16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return readsInPairs(bytes, 2, 0) ? 'utf16le' : undefined;
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return readsInPairs(bytes, 2, 1) ? 'utf16be' : undefined;
  if (bytes[1] === 0) return readsInPairs(bytes, 0, 0) ? 'utf16le' : undefined;
  if (bytes[0] === 0) return readsInPairs(bytes, 0, 1) ? 'utf16be' : undefined;
  let high = 0;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!;
    if (byte >= 128) {
      if (index < 3) return undefined;
      high++;
    } else if (!isPrintable(byte)) return undefined;
  }
  return high <= 2 ? 'utf8' : undefined;
}

/** Every second byte is zero, the others printable; `first` is the place of the printable one in a pair. */
function readsInPairs(bytes: Uint8Array, from: number, first: 0 | 1): boolean {
  for (let index = from; index + 1 < bytes.length; index += 2) {
    if (bytes[index + 1 - first] !== 0 || !isPrintable(bytes[index + first]!)) return false;
  }
  return true;
}

function isPrintable(byte: number): boolean {
  return byte >= 32 ? byte < 127 : byte === 9 || byte === 10 || byte === 13;
}
