/**
 * Log records, of which two in three become spans too (Claude Code's events): decoding against protobufjs, which only makes its
 * messages, and the whole way to rows against the way of spans with the same attributes.
 */
import { readFileSync } from 'node:fs';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { inspectExport } from '../../../ingest/inspect-export.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../ingest/otlp/decode-limits.ts';
import { decodeLogs } from '../../../ingest/otlp/decode-logs.ts';
import { encode, messageType } from '../../unit/ingest/otlp/reference.ts';
import { type Measure, measure, median } from '../measure.ts';

const MEASURE_MS = 1_500;
const COPIES = 40;
const clock = () => Date.UTC(2026, 8, 22);

interface WireRecord {
  timeUnixNano: string;
  attributes: { key: string }[];
}

export default async function logs(): Promise<Measure[]> {
  const fixture = new URL('../../fixtures/logs/claude-code-logs.json', import.meta.url);
  const { resourceLogs } = JSON.parse(readFileSync(fixture, 'utf8'));
  const [{ resource, scopeLogs }] = resourceLogs;
  const [{ scope, logRecords }] = scopeLogs as [{ scope: object; logRecords: WireRecord[] }];
  const records = Array.from({ length: COPIES }, (_, copy) =>
    logRecords.map((record) => ({ ...record, timeUnixNano: String(BigInt(record.timeUnixNano) + BigInt(copy)) })),
  ).flat();
  const spans = records.map(({ timeUnixNano, attributes }, index) => ({
    traceId: Buffer.from('ab'.repeat(16), 'hex').toString('base64'),
    spanId: Buffer.from((index + 1).toString(16).padStart(16, '0'), 'hex').toString('base64'),
    name: 'claude_code.tool',
    startTimeUnixNano: timeUnixNano,
    endTimeUnixNano: timeUnixNano,
    attributes,
  }));
  const logsBody = encode('ExportLogsServiceRequest', {
    resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: records }] }],
  });
  const tracesBody = encode('ExportTraceServiceRequest', {
    resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }],
  });
  const type = messageType('ExportLogsServiceRequest');
  const bytes = `${Math.round(logsBody.length / records.length)} bytes a record`;

  const decoding = await inTurns(
    records.length,
    async () => void decodeLogs(logsBody, 'protobuf', DEFAULT_DECODE_LIMITS, clock),
    async () => void type.decode(logsBody),
  );
  const redactor = createRedactor({ key: new Uint8Array(32).fill(1) });
  const context = { redactor, limits: DEFAULT_DECODE_LIMITS, clock, ingestedAt: 1, secondScanners: [] };
  const inspecting = await inTurns(
    records.length,
    () => inspectExport('logs', logsBody, 'protobuf', context),
    () => inspectExport('traces', tracesBody, 'protobuf', context),
  );
  return [
    measure(
      'logs-decode-protobuf',
      decoding[0],
      'us/record',
      decoding[1],
      `${bytes}; baseline: protobufjs, messages only`,
    ),
    measure(
      'logs-inspect',
      inspecting[0],
      'us/record',
      inspecting[1],
      `${bytes}; baseline: spans with the same attributes`,
    ),
  ];
}

/** Median times for one record of both, measured in turns, so that whatever else the machine does slows both. */
async function inTurns(
  records: number,
  ours: () => Promise<unknown>,
  baseline: () => Promise<unknown>,
): Promise<[number, number]> {
  const times: [number[], number[]] = [[], []];
  for (const end = performance.now() + MEASURE_MS; performance.now() < end; ) {
    times[0].push(await timeOf(ours));
    times[1].push(await timeOf(baseline));
  }
  return [median(times[0]) / records, median(times[1]) / records];
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return (performance.now() - started) * 1_000;
}
