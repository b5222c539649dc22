import { hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from './core/errors.ts';

/** Purposes for which an org's keys are derived; each gives a key of its own. */
export type KeyPurpose = 'redaction' | 'destinations' | 'canary' | 'dead-letters';

/** 32 bytes for one purpose of one org: HKDF-SHA256 over the master key. Each version of a key, from 1, is a key of its own. */
export type KeyFor = (org: string, purpose: KeyPurpose, version?: number) => Uint8Array;

/**
 * The key from which all others are derived: the one given, else the one in `<data>/master.key`, made on the first start with
 * mode 0600. Losing it breaks the link between redaction tokens of before and after, and locks sealed destination secrets.
 */
export function masterKey(dataFolder: string, given: string | undefined): KeyFor {
  const master =
    given === undefined ? readOrCreate(join(dataFolder, 'master.key'), dataFolder) : Buffer.from(given, 'hex');
  return (org, purpose, version = 1) => {
    const info = version === 1 ? `${org}/${purpose}` : `${org}/${purpose}/${version}`;
    return new Uint8Array(hkdfSync('sha256', master, 'spanwarden', info, 32));
  };
}

function readOrCreate(path: string, folder: string): Buffer {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    // `wx` fails when the file exists, so two processes that start together end up with one key.
    writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    chmodSync(path, 0o600);
  }
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw new CodedError('CONFIG_INVALID', `${path} does not hold 64 hex digits; restore it from a backup`);
  }
  return Buffer.from(text, 'hex');
}
