import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { SecondFinding, SecondScanner } from './second-scanner.ts';

/** A batch that takes longer has failed. */
const DEADLINE_MS = 30_000;
/** What a run may print: a finding repeats the secret several times. */
const MOST_OUTPUT = 64 * 1024 * 1024;

/**
 * TruffleHog (AGPL-3.0) as a process of its own on a batch of texts: a folder in memory where there is one, mode 0700, gone after the
 * run, one file a text. It never verifies: that would send what it found to whoever issued it.
 */
export function createTrufflehogScanner(binary: string, deadlineMs = DEADLINE_MS): SecondScanner {
  return {
    name: 'trufflehog',
    async scan(texts) {
      const found: SecondFinding[][] = texts.map(() => []);
      if (texts.length === 0) return found;
      const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'spanwarden-scan-'));
      try {
        for (const [index, text] of texts.entries()) {
          await writeFile(join(folder, `${index}.txt`), text, { mode: 0o600 });
        }
        for (const line of (await run(binary, folder, deadlineMs)).split('\n')) readLine(line, texts, found);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
      return found;
    },
  };
}

function run(binary: string, folder: string, deadlineMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const failed = (reason: string) => reject(new Error(`trufflehog ${reason}`));
    // no environment: nothing of ours for it to find or to report
    const child = spawn(binary, ['filesystem', folder, '--no-verification', '--no-update', '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { HOME: folder, PATH: '/usr/bin:/bin' },
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_OUTPUT) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.on('error', () => failed('could not be started'));
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'));
      else failed(code === null ? 'took too long or printed too much' : `ended with exit code ${code}`);
    });
  });
}

interface Line {
  readonly SourceMetadata?: { readonly Data?: { readonly Filesystem?: { readonly file?: string } } };
  readonly DetectorName?: string;
  readonly DecoderName?: string;
  readonly Raw?: string;
  readonly RawV2?: string;
}

/** It tells no offsets: every place where the value stands is taken, the whole text where the value was decoded or is not found. */
function readLine(line: string, texts: readonly string[], found: SecondFinding[][]): void {
  if (!line.startsWith('{')) return;
  const { SourceMetadata, DetectorName, DecoderName, Raw, RawV2 } = JSON.parse(line) as Line;
  const file = SourceMetadata?.Data?.Filesystem?.file;
  if (file === undefined) return;
  const index = Number.parseInt(basename(file), 10);
  const text = texts[index];
  if (text === undefined) throw new Error('trufflehog named a file that it was not given');
  const rule = (DetectorName ?? 'unknown').replace(/[^A-Za-z0-9-]/g, '-').slice(0, 60);
  const values = [Raw, RawV2].filter(
    (value) => value !== undefined && value !== '' && text.includes(value),
  ) as string[];
  if (DecoderName !== 'PLAIN' || values.length === 0) {
    found[index]!.push({ start: 0, end: text.length, rule });
    return;
  }
  for (const value of values) {
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      found[index]!.push({ start: at, end: at + value.length, rule });
    }
  }
}
