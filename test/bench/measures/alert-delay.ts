/**
 * How long it takes from the acknowledgement of a span to the webhook that tells of it, everything on, while 2,000 spans a second
 * come in. Each alert is timed by itself, at moments that have nothing to do with the rules' schedule.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { type RunningServer, startServer } from '../../running-server.ts';
import { type Measure, measure, median, percentile } from '../measure.ts';
import { benchRequest, SPANS_PER_REQUEST } from '../spans.ts';

const SPANS_PER_SECOND = 2_000;
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 45);
const REQUEST_MS = (1_000 * SPANS_PER_REQUEST) / SPANS_PER_SECOND;
/** Not a divisor of the three seconds between two evaluations. */
const ALERT_EVERY_MS = 700;
const PROMISE_SECONDS = 5;

export default async function alertDelay(): Promise<Measure[]> {
  const bodies = Array.from({ length: Math.ceil((SECONDS * 1_000) / REQUEST_MS) }, (_, n) => benchRequest(n));
  const receivedAt = new Map<string, number>();
  /** From the alert in the log to its webhook, seconds: the share that rules have no part in. */
  const shares: number[] = [];
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.writeHead(204).end();
    const { event, session_id, opened_at } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<
      string,
      string
    >;
    if (event !== 'opened' || receivedAt.has(session_id!)) return;
    receivedAt.set(session_id!, performance.now());
    shares.push((Date.now() - Date.parse(opened_at!)) / 1_000);
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const server = await startServer({ env: { SPANWARDEN_ALLOW_PRIVATE_DESTINATIONS: '1' } });
  try {
    await addWebhook(server, `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`);
    const started = performance.now();
    const acknowledgedAt = new Map<string, number>();
    const alerts = sendAlerts(server.otlp, acknowledgedAt, started + SECONDS * 1_000);
    const accepted = await sendLoad(server.otlp, bodies, started);
    const rate = accepted / ((performance.now() - started) / 1_000);
    await alerts;
    const deadline = performance.now() + 60_000;
    while (receivedAt.size < acknowledgedAt.size && performance.now() < deadline) await wait(50);
    const missing = [...acknowledgedAt.keys()].filter((session) => !receivedAt.has(session));
    if (missing.length > 0)
      throw new Error(`${missing.length} of ${acknowledgedAt.size} alerts did not come within a minute`);
    const delays = [...acknowledgedAt].map(([session, at]) => (receivedAt.get(session)! - at) / 1_000);
    const load = `${delays.length} alerts under ${Math.round(rate)} spans/s, all built-in rules on, ${cpus().length} cores at a load of ${loadavg()[0]!.toFixed(1)}`;
    return [
      measure(
        'alert-delay-p95',
        percentile(delays, 0.95),
        's',
        PROMISE_SECONDS,
        `from the acknowledgement of a span to its webhook, ${load}; baseline: the promise of ${PROMISE_SECONDS} s`,
      ),
      measure('alert-delay-median', median(delays), 's', PROMISE_SECONDS, 'the same, median'),
      measure(
        'alert-delivery-p95',
        percentile(shares, 0.95),
        's',
        percentile(delays, 0.95),
        'from the alert in the log to its webhook; baseline: the whole way above',
      ),
      measure('alert-delay-max', Math.max(...delays), 's', PROMISE_SECONDS, 'the same, the longest'),
    ];
  } finally {
    await server.stop();
    receiver.close();
    receiver.closeAllConnections();
  }
}

async function addWebhook(server: RunningServer, url: string): Promise<void> {
  const response = await fetch(`${server.api}/api/v1/destinations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'webhook', name: 'bench', url, secret: 'bench', rate_per_minute: 10_000 }),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
}

/** Sends requests on time, whatever the answers before took. Answers how many spans were accepted. */
async function sendLoad(otlp: string, bodies: readonly Uint8Array<ArrayBuffer>[], started: number): Promise<number> {
  let accepted = 0;
  const sent = bodies.map(async (body, n) => {
    await wait(Math.max(0, started + n * REQUEST_MS - performance.now()));
    if (await post(otlp, body)) accepted += SPANS_PER_REQUEST;
  });
  await Promise.all(sent);
  return accepted;
}

/** Sends a span with a credential now and then, each in a session of its own, and keeps when it was acknowledged. */
async function sendAlerts(otlp: string, acknowledgedAt: Map<string, number>, until: number): Promise<void> {
  const letters = '0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1w'.slice(0, 34);
  for (let n = 0; performance.now() < until; n++) {
    const session = `leak-${n}`;
    const text = `token ghp_${letters}${String(n).padStart(2, '0')}`;
    if (await post(otlp, benchRequest(1_000_000 + n, { session, text })))
      acknowledgedAt.set(session, performance.now());
    await wait(ALERT_EVERY_MS);
  }
}

async function post(otlp: string, body: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const headers = { 'content-type': 'application/x-protobuf' };
  const response = await fetch(`${otlp}/v1/traces`, { method: 'POST', headers, body });
  await response.arrayBuffer();
  return response.status === 200;
}
