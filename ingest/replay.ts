import { createReadStream, existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline, type Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { CodedError } from '../engine/core/errors.ts';

export interface ReplayTarget {
  /** Base URL of an OTLP/HTTP receiver, e.g. `http://127.0.0.1:4318`. */
  readonly url: string;
  readonly token?: string | undefined;
  /** Most spans a second; no limit when undefined. */
  readonly rate?: number | undefined;
}

export interface ReplayCounts {
  requests: number;
  sent: number;
  accepted: number;
  rejected: number;
  /** Requests that the receiver refused for good, with the reasons it gave. */
  failed: number;
  reasons: Map<string, number>;
}

/** Requests under way at once: enough to let the receiver group its inserts. */
const SIDE_BY_SIDE = 8;
/** Tries of one request that the receiver asks to repeat, before giving up. */
const MOST_TRIES = 30;

/**
 * Posts OTLP/JSON export requests, one a line, and reports after each. Requests answered 429, 502, 503 or 504 are sent again
 * as the receiver asks; a line that is no OTLP/JSON or is refused counts as failed and the rest goes on.
 */
export async function replay(
  lines: AsyncIterable<string>,
  target: ReplayTarget,
  onProgress: (counts: Readonly<ReplayCounts>) => void,
): Promise<ReplayCounts> {
  const counts: ReplayCounts = { requests: 0, sent: 0, accepted: 0, rejected: 0, failed: 0, reasons: new Map() };
  const iterator = lines[Symbol.asyncIterator]();
  const started = performance.now();

  async function work(): Promise<void> {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      const line = next.value.trim();
      if (line === '') continue;
      const spans = countSpans(line);
      if (target.rate !== undefined)
        await wait(Math.max(0, started + (counts.sent / target.rate) * 1_000 - performance.now()));
      counts.sent += spans;
      const outcome =
        spans === 0 ? { rejected: 0, reason: 'the line is no OTLP/JSON trace request' } : await post(line, target);
      counts.requests += 1;
      if (outcome.reason !== '') counts.reasons.set(outcome.reason, (counts.reasons.get(outcome.reason) ?? 0) + 1);
      if (outcome.rejected === undefined || spans === 0) counts.failed += 1;
      const rejected = outcome.rejected ?? spans;
      counts.rejected += rejected;
      counts.accepted += spans - rejected;
      onProgress(counts);
    }
  }

  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return counts;
}

export interface ReplayInput {
  readonly lines: AsyncIterable<string>;
  /** Bytes of all files; 0 when standard input is among them. */
  readonly size: number;
  /** Bytes read so far, compressed where the file is. */
  readonly read: () => number;
}

/** Lines of files one after the other; `-` is standard input, `.gz` is unpacked. Throws USAGE for a file that is not there. */
export function openInput(files: readonly string[], standardInput: Readable): ReplayInput {
  const missing = files.find((file) => file !== '-' && !existsSync(file));
  if (missing !== undefined) throw new CodedError('USAGE', `${missing} does not exist`);
  let read = 0;
  async function* lines(): AsyncGenerator<string> {
    for (const file of files) {
      const raw = file === '-' ? standardInput : createReadStream(file);
      raw.on('data', (chunk: Buffer | string) => {
        read += chunk.length;
      });
      const input = file.endsWith('.gz') ? pipeline(raw, createGunzip(), () => undefined) : raw;
      yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    }
  }
  return {
    lines: lines(),
    size: files.includes('-') ? 0 : files.reduce((sum, file) => sum + statSync(file).size, 0),
    read: () => read,
  };
}

interface Outcome {
  /** Spans the receiver rejected; undefined when it refused the whole request. */
  readonly rejected: number | undefined;
  readonly reason: string;
}

async function post(body: string, target: ReplayTarget): Promise<Outcome> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (target.token !== undefined) headers['authorization'] = `Bearer ${target.token}`;
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(new URL('/v1/traces', target.url), { method: 'POST', headers, body }).catch(
      (cause) => {
        throw new CodedError('STORE_UNAVAILABLE', `${target.url} does not answer; is spanwarden running there?`, {
          cause,
        });
      },
    );
    const answer = (await response.json().catch(() => ({}))) as {
      partialSuccess?: { rejectedSpans?: string | number; errorMessage?: string };
      message?: string;
    };
    if (response.ok) {
      return {
        rejected: Number(answer.partialSuccess?.rejectedSpans ?? 0),
        reason: answer.partialSuccess?.errorMessage ?? '',
      };
    }
    if (![429, 502, 503, 504].includes(response.status) || attempt === MOST_TRIES) {
      return { rejected: undefined, reason: `HTTP ${response.status}: ${answer.message ?? response.statusText}` };
    }
    await wait(Number(response.headers.get('retry-after') ?? 1) * 1_000);
  }
}

function countSpans(line: string): number {
  try {
    const request = JSON.parse(line) as { resourceSpans?: { scopeSpans?: { spans?: unknown[] }[] }[] };
    return (request.resourceSpans ?? []).reduce(
      (sum, resource) =>
        sum + (resource.scopeSpans ?? []).reduce((spans, scope) => spans + (scope.spans?.length ?? 0), 0),
      0,
    );
  } catch {
    return 0;
  }
}
