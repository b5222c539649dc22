import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../engine/core/alert.ts';
import { demoSpans } from '../../ingest/demo/demo-spans.ts';
import { fakeAwsKeyId, fakeAwsSecretKey, fakeGithubToken } from '../../ingest/demo/fake-credential.ts';
import { sendDemo } from '../../ingest/demo/send-demo.ts';
import { GATEWAY_KEY } from '../../ingest/gateway/gateway-facts.ts';
import { post } from '../faults/post.ts';
import { sampleSession } from '../faults/sample-sessions.ts';
import { startCommand } from '../run-command.ts';
import { type RunningServer, startServer, temporaryFolder, until } from '../running-server.ts';
import { exportOf, type SampleSpan, sampleSpan } from '../unit/ingest/otlp/sample-request.ts';

const PATIENCE_MS = 100_000;
const BASE_TIME = Date.now() - 3 * 3_600_000;

/** Between gateway and centre: keeps what passes, and can be in the way. */
interface Tap {
  readonly url: string;
  readonly bodies: string[];
  /** `cut`: no connection is answered. `mute`: the centre takes each request, and its answer is lost. */
  mode: 'open' | 'cut' | 'mute';
  readonly server: Server;
}

interface Gateway {
  readonly otlp: string;
  readonly api: string;
  stop(signal: NodeJS.Signals): Promise<void>;
}

const folder = temporaryFolder();
const spool = join(folder, 'forward');
let centre: RunningServer;
let tap: Tap;
let gateway: Gateway | undefined;
let gatewayToken: string;
let direct: { ingest: string; admin: string };

async function startTap(target: string): Promise<Tap> {
  const bodies: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    outgoing.on('error', () => {});
    incoming.on('error', () => {});
    if (tap.mode === 'cut') return void incoming.socket.destroy();
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      bodies.push(gunzipSync(body).toString());
      const { host: _host, connection: _connection, ...headers } = incoming.headers;
      const onward = request(`${target}${incoming.url}`, { method: 'POST', headers }, (answer) => {
        answer.on('error', () => {});
        if (tap.mode === 'mute') {
          answer.resume();
          return void incoming.socket.destroy();
        }
        outgoing.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => incoming.socket.destroy());
      onward.end(body);
    });
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, bodies, mode: 'open', server };
}

async function startGateway(): Promise<Gateway> {
  const args = ['ingest', '--data', folder, '--forward', tap.url, '--token', gatewayToken];
  const env = { SPANWARDEN_PORT: '0', SPANWARDEN_OTLP_PORT: '0', SPANWARDEN_LOG_LEVEL: 'error' };
  const child = startCommand(args, { env });
  child.stdin!.on('error', () => {});
  let output = '';
  const ready = await new Promise<{ otlp: string; api: string }>((resolve, reject) => {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('error', () => {});
      stream.on('data', (chunk: Buffer) => {
        output += chunk;
        const line = /^ready (\{.*\})$/m.exec(output);
        if (line) resolve(JSON.parse(line[1]!) as { otlp: string; api: string });
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}:\n${output}`)));
  });
  return {
    ...ready,
    async stop(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}

async function asAdmin<T>(method: string, path: string, body?: object, token = centre.adminToken): Promise<T> {
  const response = await fetch(`${centre.api}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function newToken(org: string, role: string): Promise<string> {
  return (await asAdmin<{ token: string }>('POST', '/tokens', { org, role, name: role })).token;
}

/** Rule and session of each alert. */
async function alertsOf(token: string): Promise<string[]> {
  const { items } = await asAdmin<{ items: Alert[] }>('GET', '/alerts?limit=200', undefined, token);
  return items.map(({ rule_id, session_id }) => `${rule_id} ${session_id}`).sort();
}

const spooled = () => readdirSync(spool).filter((name) => name.endsWith('.json.gz'));

async function storedSpans(prefix: string): Promise<string[]> {
  const rows = await centre.sql(
    `SELECT concat(TraceId, SpanId) FROM otel_traces FINAL WHERE startsWith(SessionId, {prefix: String}) LIMIT 10000`,
    { prefix },
  );
  return rows.map(([id]) => String(id)).sort();
}

const idOf = (span: SampleSpan) => `${String(span['traceId'])}${String(span['spanId'])}`;

beforeAll(async () => {
  centre = await startServer({ env: { SPANWARDEN_CANARY_MINUTES: '0' } });
  gatewayToken = await newToken('default', 'gateway');
  await asAdmin('POST', '/orgs', { slug: 'direct', name: 'Direct' });
  direct = { ingest: await newToken('direct', 'ingest'), admin: await newToken('direct', 'admin') };
  tap = await startTap(centre.otlp);
  gateway = await startGateway();
}, 240_000);

afterAll(async () => {
  await gateway?.stop('SIGKILL');
  tap?.server.closeAllConnections();
  tap?.server.close();
  await centre?.stop('SIGKILL');
});

describe('a gateway before the centre', () => {
  it('raises the alerts of the same spans sent directly', async () => {
    const due = demoSpans(BASE_TIME).flatMap(({ raises }) => raises).length;
    await sendDemo({ url: gateway!.otlp, baseTime: BASE_TIME });
    await sendDemo({ url: centre.otlp, token: direct.ingest, baseTime: BASE_TIME });
    const complete = (token: string) => async () => {
      const alerts = await alertsOf(token);
      return alerts.length >= due && alerts;
    };
    const straight = await until(complete(direct.admin), PATIENCE_MS, 'the alerts of spans sent directly');
    const through = await until(complete(centre.adminToken), PATIENCE_MS, 'the alerts of spans through the gateway');
    expect(through).toEqual(straight);
  });

  it('lets no secret and no address onto the wire', () => {
    const raw = JSON.stringify(
      demoSpans(BASE_TIME).map(({ spans }) => spans.map((span) => [span.attributes, span.events])),
    );
    const keys = [fakeAwsKeyId('demo'), fakeAwsSecretKey('demo'), fakeGithubToken('demo')];
    for (const key of keys) expect(raw).toContain(key);
    const secrets = [...keys, ...raw.match(/[a-z.]+@[a-z-]+\.[a-z]{2,}/g)!];
    const wire = tap.bodies.join('\n');
    expect(wire).toContain(GATEWAY_KEY);
    expect(secrets.filter((secret) => wire.includes(secret))).toEqual([]);
  });

  it('loses and doubles nothing when it is killed while the centre is away', async () => {
    tap.mode = 'cut';
    const sessions = Array.from({ length: 12 }, (_, n) => sampleSession(n, Date.now() - 60_000));
    const requests = sessions.flatMap(({ requests: parts }) => parts);
    const acknowledged = new Set<readonly SampleSpan[]>();
    const take = async (spans: readonly SampleSpan[]) => {
      const { status } = await post(gateway!.otlp, 'json', exportOf('json', spans));
      if (status === 200) acknowledged.add(spans);
    };
    // Killed with requests in every state: acknowledged, half-way, not yet sent.
    const half = Math.ceil(requests.length / 2);
    for (const spans of requests.slice(0, half)) await take(spans);
    const underWay = requests.slice(half).map((spans) => take(spans).catch(() => undefined));
    await Promise.race(underWay);
    await gateway!.stop('SIGKILL');
    await Promise.all(underWay);
    expect(acknowledged.size).toBeGreaterThanOrEqual(half);
    const kept = spooled().map((name) => gunzipSync(readFileSync(join(spool, name))).toString());
    expect(kept.length).toBeGreaterThanOrEqual(acknowledged.size);
    expect(kept.join('').match(/ghp_\w{36}|AKIA(?!IOSFODNN7EXAMPLE)[A-Z2-7]{16}/g)).toBeNull();

    gateway = await startGateway();
    // What was not acknowledged is sent again, as senders do; and for a while every answer of the centre is lost.
    tap.mode = 'mute';
    const lost = tap.bodies.length;
    for (const spans of requests) {
      if (!acknowledged.has(spans)) {
        await until(
          async () => (await post(gateway!.otlp, 'json', exportOf('json', spans))).status === 200,
          PATIENCE_MS,
          'a request that the gateway takes',
        );
      }
    }
    await until(async () => tap.bodies.length > lost + 1, PATIENCE_MS, 'requests whose answers are lost');
    tap.mode = 'open';
    await until(async () => spooled().length === 0, PATIENCE_MS, 'an empty spool');
    const sent = [...new Set(requests.flat().map(idOf))].sort();
    const stored = await centre.sql('SELECT TraceId, SpanId FROM otel_traces FINAL LIMIT 100000');
    const ids = stored.map(([traceId, spanId]) => `${traceId}${spanId}`).filter((id) => sent.includes(id));
    expect(ids.sort()).toEqual(sent);
  });

  it('says how it is, and that it has room', async () => {
    expect(await (await fetch(`${gateway!.api}/readyz`)).json()).toEqual({ status: 'ready', reason: '' });
    const metrics = await (await fetch(`${gateway!.api}/metrics`)).text();
    expect(metrics).toMatch(/^spanwarden_forward_requests_total\{signal="traces",outcome="taken"\} [1-9]/m);
    expect(metrics).toMatch(/^spanwarden_forward_waiting 0$/m);
  });

  it.each([
    ['ordinary', false],
    ['gateway', true],
  ])('is believed under its own kind of token alone: %s', async (name, believed) => {
    const told = JSON.stringify({
      v: 1,
      agent: { kind: 'tool', toolName: 'claimed' },
      security: { sessionId: `claimed-${name}` },
    });
    const span = sampleSpan({
      spanId: name === 'gateway' ? '00000000000000a1' : '00000000000000a2',
      attributes: [{ key: GATEWAY_KEY, value: { stringValue: told } }],
    });
    const token = believed ? gatewayToken : centre.ingestToken;
    const { status } = await post(centre.otlp, 'json', exportOf('json', [span]), { authorization: `Bearer ${token}` });
    expect(status).toBe(200);
    const id = String(span['spanId']);
    const rows = await centre.sql(
      `SELECT ToolName, mapContains(SpanAttributes, {key: String}) FROM otel_traces FINAL WHERE SpanId = {id: String}`,
      { id, key: GATEWAY_KEY },
    );
    expect(rows).toHaveLength(1);
    expect([rows[0]![0], Boolean(rows[0]![1])]).toEqual([believed ? 'claimed' : '', false]);
    expect(await storedSpans(`claimed-${name}`)).toHaveLength(believed ? 1 : 0);
  });
});
