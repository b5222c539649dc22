import { readFileSync, statSync } from 'node:fs';
import { type ClientSettings, readClientSettings } from '../client-settings.ts';
import type { StateFolder } from '../state-folder.ts';
import { createSpanSender } from './create-span-sender.ts';
import { forwardSpool } from './forward-spool.ts';
import { pullPolicy } from './pull-policy.ts';
import { userSpools } from './user-spools.ts';

const IDLE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

/**
 * The daemon that alone holds the ingest credential: reads every user's spool, sends what lies there and deletes what was
 * acknowledged, pulls the policy. It talks to the two addresses of its settings and to nobody else. Runs until SIGTERM.
 * @param once one round, for scripts; sets exit code 1 when spans were left
 */
export async function runForwarder(state: StateFolder, { once }: { readonly once: boolean }): Promise<void> {
  // the exporter would take addresses and headers from there
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  let failures = 0;
  let policyDue = 0;
  while (!stopping.signal.aborted) {
    const settings = readClientSettings(state.settings);
    const credential = readCredential(state.credential);
    if (performance.now() >= policyDue) {
      const seconds = await pullPolicy(state, settings.policyUrl, credential);
      policyDue = performance.now() + seconds * 1_000;
    }
    const done = await forwardAll(state, settings, credential, stopping.signal);
    failures = done ? 0 : failures + 1;
    if (once) {
      if (!done) process.exitCode = 1;
      return;
    }
    const pause = done ? IDLE_MS : Math.min(LONGEST_PAUSE_MS, IDLE_MS * 2 ** Math.min(failures, 10));
    await pauseFor(pause, stopping.signal);
  }
}

/** Whether all that was there has been acknowledged. */
async function forwardAll(
  state: StateFolder,
  settings: ClientSettings,
  credential: string,
  stopping: AbortSignal,
): Promise<boolean> {
  if (settings.otlpEndpoint === '') return true;
  const sender = createSpanSender(settings.otlpEndpoint, credential);
  try {
    let done = true;
    for (const folder of userSpools(state.spools)) {
      try {
        done = (await forwardSpool(folder, settings, sender.send, stopping)) && done;
      } catch (error) {
        done = false;
        say('a spool could not be read', error);
      }
    }
    return done;
  } finally {
    await sender.close();
  }
}

/** Refuses a credential that others can read: it would not be the forwarder's alone. */
function readCredential(path: string): string {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
      say('the credential is not used: others may read it; chmod 600 it', undefined);
      return '';
    }
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function say(what: string, error: unknown): void {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  process.stderr.write(`spanwarden agent: ${what}${code === undefined ? '' : ` (${code})`}\n`);
}

function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
