import { hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSeal, type Seal } from './alerts/seal.ts';
import { CodedError } from './core/errors.ts';

/** Purposes for which an org's keys are derived; each gives a key of its own. */
export type KeyPurpose =
  | 'redaction'
  | 'destinations'
  | 'canary'
  | 'archive'
  | 'archive secrets'
  | 'erasure'
  | 'models'
  | 'dead-letters';

/** 32 bytes for one purpose of one org: HKDF-SHA256 over the master key. Each version of a key, from 1, is a key of its own. */
export type KeyFor = (org: string, purpose: KeyPurpose, version?: number) => Uint8Array;

/**
 * The key from which all others are derived: the one given, else the one in `<data>/master.key`, made on the first start with
 * mode 0600. Losing it breaks the link between redaction tokens of before and after, and locks sealed destination secrets.
 * With keys at rest (hex, the current one first) the file is sealed under them, and sealed anew when the current one is another.
 */
export function masterKey(dataFolder: string, given: string | undefined, atRestKeys: readonly string[] = []): KeyFor {
  const master =
    given === undefined
      ? readOrCreate(join(dataFolder, 'master.key'), dataFolder, atRestKeys)
      : Buffer.from(given, 'hex');
  return (org, purpose, version = 1) => {
    const info = version === 1 ? `${org}/${purpose}` : `${org}/${purpose}/${version}`;
    return new Uint8Array(hkdfSync('sha256', master, 'spanwarden', info, 32));
  };
}

function readOrCreate(path: string, folder: string, atRestKeys: readonly string[]): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const seals = atRestKeys.map((key) =>
    createSeal(new Uint8Array(hkdfSync('sha256', Buffer.from(key, 'hex'), 'spanwarden', 'master key', 32))),
  );
  const written = (key: string) => `${seals[0]?.close(key, PLACE) ?? key}\n`;
  try {
    // `wx` fails when the file exists, so two processes that start together end up with one key.
    writeFileSync(path, written(randomBytes(32).toString('hex')), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    chmodSync(path, 0o600);
  }
  const text = readFileSync(path, 'utf8').trim();
  const { key, current } = unsealed(text, seals, path);
  if (!/^[0-9a-f]{64}$/i.test(key)) {
    throw new CodedError('CONFIG_INVALID', `${path} does not hold 64 hex digits; restore it from a backup`);
  }
  if (!current) {
    writeFileSync(`${path}.draft`, written(key), { mode: 0o600, flush: true });
    renameSync(`${path}.draft`, path);
  }
  return Buffer.from(key, 'hex');
}

const PLACE = 'master.key';

/** `current`: it is as it would be written now. */
function unsealed(text: string, seals: readonly Seal[], path: string): { key: string; current: boolean } {
  if (!text.startsWith('v1.')) return { key: text, current: seals.length === 0 };
  for (const [at, seal] of seals.entries()) {
    try {
      return { key: seal.open(text, PLACE), current: at === 0 };
    } catch {
      // Sealed under one of the others.
    }
  }
  throw new CodedError(
    'CONFIG_INVALID',
    `${path} is sealed under another key: name that one too with at_rest_key_file or at_rest_key_command`,
  );
}
