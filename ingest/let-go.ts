/**
 * Frees bytes at once that have a buffer to themselves; they are empty afterwards. Left to the collector they would lie there until it
 * comes, and V8 starts a whole collection for every 64 MB of such buffers. Twice is harmless.
 */
export function letGo(bytes: Uint8Array): void {
  // An empty one has nothing to free, and one that was let go cannot be transferred again.
  if (bytes.byteLength > 0 && ownsBuffer(bytes)) (bytes.buffer as ArrayBuffer).transfer(0);
}

/** Whether nothing else lives in its buffer, so that it may be handed over or freed. */
export function ownsBuffer(bytes: Uint8Array): boolean {
  return bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
}
