import { createHmac, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Under which session ids become span ids and values become tokens. One a user and machine; it never leaves the machine. */
export interface MachineKey {
  /** Hex of the leading `bytes` of an HMAC over the parts. */
  idOf(bytes: number, ...parts: readonly string[]): string;
  /** 32 bytes for one use. */
  derive(use: string): Uint8Array;
}

const BYTES = 32;

/** Makes the key on first use; of several processes that do so at once one wins, and all have its key. */
export function machineKey(folder: string): MachineKey {
  const path = join(folder, 'machine.key');
  const key = read(path) ?? make(path);
  // lengths first, so that no two lists of parts read the same
  const hmac = (parts: readonly string[]) =>
    createHmac('sha256', key)
      .update(`${parts.map((part) => part.length).join(',')};${parts.join('')}`)
      .digest();
  return {
    idOf: (bytes, ...parts) => hmac(parts).toString('hex', 0, bytes),
    derive: (use) => hmac(['derive', use]),
  };
}

function read(path: string): Buffer | undefined {
  try {
    const key = readFileSync(path);
    if (key.length === BYTES) return key;
  } catch {
    return undefined;
  }
  throw new Error('the machine key is damaged');
}

function make(path: string): Buffer {
  const unfinished = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  writeFileSync(unfinished, randomBytes(BYTES), { mode: 0o600, flag: 'wx' });
  try {
    // a link is made whole or not at all, and never over another's
    linkSync(unfinished, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(unfinished);
  }
  return read(path) ?? fail();
}

function fail(): never {
  throw new Error('the machine key could not be made');
}
