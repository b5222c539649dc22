import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../../engine/redaction/redactor.ts';
import { demoSpans } from '../../../../ingest/demo/demo-spans.ts';
import { GATEWAY_KEY, takeFacts } from '../../../../ingest/gateway/gateway-facts.ts';
import { inspectForward } from '../../../../ingest/gateway/inspect-forward.ts';
import { INGEST_COLUMNS } from '../../../../ingest/ingest-columns.ts';
import type { InspectContext } from '../../../../ingest/inspect-context.ts';
import { inspectExport } from '../../../../ingest/inspect-export.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../../ingest/otlp/decode-limits.ts';
import type { Signal } from '../../../../ingest/otlp/signal.ts';

const NOW = Date.UTC(2026, 10, 21);
const FIXTURES = new URL('../../../fixtures/', import.meta.url);
const MEMBERS = { traces: 'resourceSpans', logs: 'resourceLogs', metrics: 'resourceMetrics' } as const;
const SIGNALS = Object.keys(MEMBERS) as Signal[];

const gatewayRedactor = createRedactor({ key: new Uint8Array(32).fill(1) });
const centreRedactor = createRedactor({ key: new Uint8Array(32).fill(2) });
const context = { limits: DEFAULT_DECODE_LIMITS, clock: () => NOW, ingestedAt: NOW * 1_000, secondScanners: [] };
const atGateway: InspectContext = { ...context, redactor: gatewayRedactor };
const atCentre: InspectContext = { ...context, redactor: centreRedactor, fromGateway: true };

type Row = Record<string, unknown>;

async function rowsOf(signal: Signal, bodies: readonly Uint8Array[], inspecting: InspectContext): Promise<Row[]> {
  const rows: Row[] = [];
  for (const body of bodies) {
    const { pieces, rejected } = await inspectExport(signal, body, 'json', inspecting);
    expect(rejected).toBe(0);
    for (const { table, rows: lines } of pieces) {
      for (const line of Buffer.from(lines).toString().trimEnd().split('\n')) {
        const cells = JSON.parse(line) as unknown[];
        rows.push({ table, ...Object.fromEntries(INGEST_COLUMNS[table].map((name, index) => [name, cells[index]])) });
      }
    }
  }
  return rows;
}

async function forwarded(signal: Signal, body: Uint8Array): Promise<Uint8Array[]> {
  const { bodies } = await inspectForward(signal, body, 'json', atGateway);
  return bodies.map((one) => gunzipSync(one.body));
}

const traces = demoSpans(NOW - 86_400_000).map(({ name, spans }) => ({
  name,
  signal: 'traces' as Signal,
  body: JsonTraceSerializer.serializeRequest(spans as ReadableSpan[])!,
}));

interface Recorded {
  readonly name: string;
  readonly signal: Signal;
  readonly body: Uint8Array;
}

/** The exports of a fixture: one, or a recording of several by signal. */
function exportsIn(folder: string, name: string): Recorded[] {
  const parsed = JSON.parse(readFileSync(new URL(`${folder}/${name}`, FIXTURES), 'utf8')) as Record<string, unknown>;
  const all = [parsed, ...Object.values(parsed).flatMap((value) => (Array.isArray(value) ? value : []))] as object[];
  return all.flatMap((one) => {
    const signal = SIGNALS.find((known) => MEMBERS[known] in one);
    return signal === undefined ? [] : [{ name, signal, body: Buffer.from(JSON.stringify(one)) }];
  });
}

const recorded = ['logs', 'dialects'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, FIXTURES))
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => exportsIn(folder, name)),
);

/** All that differs from a row made of the raw text under the gateway's own key: nothing. */
describe('a row that came through a gateway', () => {
  it.each(traces)('is what the raw spans of $name would have given', async ({ signal, body }) => {
    const through = await rowsOf(signal, await forwarded(signal, body), atCentre);
    const direct = await rowsOf(signal, [body], atGateway);
    expect(direct.length).toBeGreaterThan(0);
    expect(through).toEqual(direct);
  });

  it.each(recorded)('is what the raw $signal of $name would have given', async ({ signal, body }) => {
    const through = await rowsOf(signal, await forwarded(signal, body), atCentre);
    const direct = await rowsOf(signal, [body], atGateway);
    expect(direct.length).toBeGreaterThan(0);
    expect(through).toEqual(direct);
  });

  it('is made of attributes alone where its sender is no gateway', async () => {
    const { body } = traces[0]!;
    const rows = await rowsOf('traces', await forwarded('traces', body), { ...atGateway, redactor: centreRedactor });
    const direct = await rowsOf('traces', [body], atGateway);
    expect(rows).toHaveLength(direct.length);
    expect(rows).not.toEqual(direct);
    expect(JSON.stringify(rows)).not.toContain(GATEWAY_KEY);
  });
});

describe('facts of a gateway', () => {
  const told = JSON.stringify({ v: 1, security: { sessionId: 's' } });

  it('are kept from a gateway', () =>
    expect(takeFacts({ [GATEWAY_KEY]: told }, true)).toMatchObject({
      security: { sessionId: 's', spanSequence: 0n },
      agent: { kind: '', tokens: { output: 0 } },
      trusted: [],
    }));

  it.each<[string, unknown, boolean | undefined]>([
    ['of an ordinary sender', told, undefined],
    ['of a sender that is told to be none', told, false],
    ['of another version', told.replace('"v":1', '"v":2'), true],
    ['that are no JSON', '{"v":1', true],
    ['that are no text', 7, true],
    ['with references that are no hashes', JSON.stringify({ v: 1, trusted: ['<script>'] }), true],
    ['of a kind that there is not', JSON.stringify({ v: 1, agent: { kind: 'root' } }), true],
    ['that are too long', `${told}${' '.repeat(4 * 1024 * 1024)}`, true],
  ])('%s are dropped', (_, value, fromGateway) => {
    const attributes = { [GATEWAY_KEY]: value as string };
    expect(takeFacts(attributes, fromGateway)).toBeUndefined();
    expect(attributes).toEqual({});
  });
});
