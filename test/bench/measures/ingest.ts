/**
 * End-to-end ingest: OTLP protobuf on the wire to rows stored, everything on, against inserting the same ready-made rows straight
 * into the engine. With it the delay of alerts and the memory of the server under that load.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../../engine/clickhouse/connect.ts';
import { migrateControl, migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { OTEL_TRACES_COLUMNS } from '../../../engine/clickhouse/tables/otel-traces.ts';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { spanRows } from '../../../ingest/inspect-traces.ts';
import { type Measure, measure, percentile } from '../measure.ts';
import { benchRequest, benchSpans, SPANS_PER_REQUEST } from '../spans.ts';

const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 400);
/** Requests under way at once, as from a few busy collectors. */
const SENDERS = 8;
const ALERT_ROUNDS = 10;
const WARM_UP = 20;

export default async function ingest(): Promise<Measure[]> {
  const bodies = Array.from({ length: REQUESTS }, (_, n) => benchRequest(n));
  const bytesPerSpan = bodies[0]!.length / SPANS_PER_REQUEST;
  const server = await startServer();
  try {
    // The first requests compile the hot paths; a server under load has done so long ago.
    for (let n = 0; n < WARM_UP; n++) await post(server.otlp, benchRequest(REQUESTS + n));
    const started = performance.now();
    let next = 0;
    await Promise.all(
      Array.from({ length: SENDERS }, async () => {
        for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) await post(server.otlp, body);
      }),
    );
    const rate = (REQUESTS * SPANS_PER_REQUEST) / ((performance.now() - started) / 1_000);
    const rss = peakRss(server.process);
    const delays = await alertDelays(server);
    await stop(server.process);
    const straight = await straightRate(bodies.length);
    return [
      measure(
        'ingest',
        rate,
        'spans/s',
        straight,
        `${REQUESTS * SPANS_PER_REQUEST} spans of ${Math.round(bytesPerSpan)} bytes on the wire, ${SENDERS} senders; baseline: the same rows, ready made, straight into the engine`,
      ),
      measure(
        'ingest-memory',
        rss / 1e6,
        'MB',
        1_200,
        'largest resident size of the server during that load; baseline: the bound of 1.2 GB',
      ),
      measure(
        'alert-delay-p95',
        percentile(delays, 0.95) / 1_000,
        's',
        10,
        `from the acknowledgement of the spans to the alert readable over the API, ${ALERT_ROUNDS} rounds; baseline: the promise of 10 s`,
      ),
    ];
  } finally {
    await stop(server.process);
    rmSync(server.folder, { recursive: true, force: true });
  }
}

interface Server {
  process: ChildProcess;
  folder: string;
  api: string;
  otlp: string;
  adminToken: string;
}

async function startServer(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const child = spawn(process.execPath, ['spanwarden.ts', 'start', '--data', folder], {
    cwd: new URL('../../..', import.meta.url).pathname,
    env: { ...process.env, SPANWARDEN_PORT: '0', SPANWARDEN_OTLP_PORT: '0', SPANWARDEN_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout!.on('data', (chunk) => {
      output += chunk;
      const line = /^ready (.*)$/m.exec(output);
      if (line) resolve(line[1]!);
    });
    child.on('exit', (code) => reject(new Error(`the server ended with exit code ${code}`)));
  });
  const credentials = JSON.parse(readFileSync(join(folder, 'credentials.json'), 'utf8')) as { admin_token: string };
  return {
    process: child,
    folder,
    ...(JSON.parse(ready) as { api: string; otlp: string }),
    adminToken: credentials.admin_token,
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

async function post(url: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body,
    });
    await response.arrayBuffer();
    if (response.status === 200) return;
    if (response.status !== 429 && response.status !== 503) throw new Error(`HTTP ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** VmHWM of the process, bytes. */
function peakRss(child: ChildProcess): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) * 1_024;
}

/** Milliseconds from the acknowledgement of a span with a credential to its alert over the API. */
async function alertDelays(server: Server): Promise<number[]> {
  const delays: number[] = [];
  for (let round = 0; round < ALERT_ROUNDS; round++) {
    const session = `leak-${round}`;
    const body = new Uint8Array(
      benchRequest(1_000_000 + round, {
        session,
        text: `token ghp_${'0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1w'.slice(0, 35)}${round}`,
      }),
    );
    await post(server.otlp, body);
    const acknowledged = performance.now();
    for (;;) {
      const response = await fetch(`${server.api}/api/v1/alerts?rule_id=leaked-secret`, {
        headers: { authorization: `Bearer ${server.adminToken}` },
      });
      const { items } = (await response.json()) as { items: { session_id: string }[] };
      if (items.some((item) => item.session_id === session)) break;
      if (performance.now() - acknowledged > 60_000) throw new Error(`no alert for ${session} within a minute`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    delays.push(performance.now() - acknowledged);
  }
  return delays;
}

/** Rows a second that the engine takes when they come ready made, in inserts of the size that group commit makes. */
async function straightRate(requests: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-straight-'));
  const store = await connect({ url: undefined, dataFolder: folder });
  await migrateControl(store);
  await migrateOrg(store, 'org_default');
  const redactor = createRedactor({ key: new Uint8Array(32) });
  const now = Date.now() * 1_000;
  const groups: Uint8Array[] = [];
  for (let n = 0; n < requests; n += SENDERS) {
    const spans = Array.from({ length: Math.min(SENDERS, requests - n) }, (_, k) => benchSpans(n + k)).flat();
    groups.push(...spanRows(spans, { redactor, ingestedAt: now }));
  }
  const started = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: 2 }, async () => {
      for (let rows = groups[next++]; rows !== undefined; rows = groups[next++]) {
        await store.insertLines('org_default.otel_traces', OTEL_TRACES_COLUMNS, rows, crypto.randomUUID());
      }
    }),
  );
  const rate = (requests * SPANS_PER_REQUEST) / ((performance.now() - started) / 1_000);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return rate;
}
