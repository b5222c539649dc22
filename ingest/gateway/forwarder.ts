import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { ForwardSpool, SpoolEntry } from './forward-spool.ts';

export interface ForwarderOptions {
  readonly spool: ForwardSpool;
  /** Base URL of the centre's OTLP/HTTP receiver. */
  readonly url: string;
  readonly token: string | undefined;
  /** PEM of authorities; the usual ones when undefined. */
  readonly ca?: Buffer | undefined;
  /** Hears of each try: `taken` by the centre, `refused` for good, `failed` and tried again; and of records the centre rejected. */
  readonly observe: (outcome: ForwardOutcome, entry: SpoolEntry, rejected: number) => void;
  /** Hears why the centre can't be reached, when that begins and changes; '' when it can be again. */
  readonly onTrouble: (reason: string) => void;
}

export type ForwardOutcome = 'taken' | 'refused' | 'failed';

export interface Forwarder {
  /** Lets requests under way end, sends nothing more. */
  stop(): Promise<void>;
}

const SIDE_BY_SIDE = 4;
const TIMEOUT_MS = 120_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
const LONGEST_WISH_MS = 300_000;
/** The request itself is at fault, whoever sends it and whenever. Every other refusal can be mended: the token, the address, the centre. */
const FOR_GOOD: ReadonlySet<number> = new Set([400, 413]);

interface Answer {
  readonly outcome: ForwardOutcome;
  readonly rejected: number;
  readonly reason: string;
  readonly wishMs: number;
}

/** Sends what waits in the spool to the centre, oldest first, until it is stopped; removes what was acknowledged and nothing else. */
export function startForwarder({ spool, url, token, ca, observe, onTrouble }: ForwarderOptions): Forwarder {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const dispatcher = new Agent({
    connections: SIDE_BY_SIDE,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    ...(ca && { connect: { ca } }),
  });
  let trouble = '';

  function tell(reason: string): void {
    if (reason !== trouble) onTrouble(reason);
    trouble = reason;
  }

  async function send(entry: SpoolEntry, body: Uint8Array): Promise<Answer> {
    try {
      const response = await request(`${url}/v1/${entry.signal}`, {
        method: 'POST',
        dispatcher,
        headers: {
          'content-type': 'application/json',
          'content-encoding': 'gzip',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body,
      });
      const text = await response.body.text();
      const { statusCode: status } = response;
      if (status === 200) return { outcome: 'taken', rejected: rejectedOf(text), reason: '', wishMs: 0 };
      const seconds = Number(response.headers['retry-after'] ?? 0);
      const wishMs = seconds > 0 ? Math.min(seconds * 1_000, LONGEST_WISH_MS) : 0;
      const outcome = FOR_GOOD.has(status) ? 'refused' : 'failed';
      return { outcome, rejected: 0, reason: `the centre answers ${status}`, wishMs };
    } catch (error) {
      const { code, name } = error as NodeJS.ErrnoException;
      return { outcome: 'failed', rejected: 0, reason: `the centre does not answer (${code ?? name})`, wishMs: 0 };
    }
  }

  async function deliver(entry: SpoolEntry): Promise<Answer> {
    const answer = await send(entry, await spool.read(entry));
    if (answer.outcome === 'taken') await spool.remove(entry);
    if (answer.outcome === 'refused') await spool.setAside(entry);
    observe(answer.outcome, entry, answer.rejected);
    return answer;
  }

  async function run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      await Promise.race([spool.arrived(), stopped]);
      if (stopping.signal.aborted) return;
      // A single one asks whether a centre that was away is back.
      const entries = spool.oldest(trouble === '' ? SIDE_BY_SIDE : 1);
      const answers = await Promise.all(entries.map(deliver));
      const failed = answers.filter(({ outcome }) => outcome === 'failed');
      tell(failed[0]?.reason ?? '');
      if (failed.length === 0) {
        pauseMs = FIRST_PAUSE_MS;
        continue;
      }
      const wishMs = Math.max(...failed.map((answer) => answer.wishMs));
      await pause(Math.max(wishMs, pauseMs * (0.5 + Math.random() / 2)), stopping.signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** The disk may fail for a while too. */
  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      await run().catch((error: NodeJS.ErrnoException) => tell(`the spool fails (${error.code ?? error.name})`));
      await pause(FIRST_PAUSE_MS, stopping.signal);
    }
  }

  const running = keepRunning();
  return {
    async stop() {
      stopping.abort();
      await running;
      await dispatcher.close();
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}

function rejectedOf(text: string): number {
  try {
    const { partialSuccess = {} } = JSON.parse(text) as { partialSuccess?: Record<string, unknown> };
    const count = partialSuccess['rejectedSpans'] ?? partialSuccess['rejectedLogRecords'];
    return Number(count ?? partialSuccess['rejectedDataPoints'] ?? 0);
  } catch {
    return 0;
  }
}
