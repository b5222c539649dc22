/**
 * What a span takes on the disk once its parts are merged: ids, texts and all columns as they are stored, with indexes, compressed.
 * Baseline: its bytes on the wire, protobuf, not compressed.
 */
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { connect } from '../../../engine/clickhouse/connect.ts';
import { migrateControl, migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { OTEL_TRACES_COLUMNS } from '../../../engine/clickhouse/tables/otel-traces.ts';
import type { Span } from '../../../engine/core/span.ts';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { demoSpans } from '../../../ingest/demo/demo-spans.ts';
import { spanRows } from '../../../ingest/inspect-traces.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../ingest/otlp/decode-limits.ts';
import { decodeTraces } from '../../../ingest/otlp/decode-traces.ts';
import { temporaryFolder } from '../../running-server.ts';
import { type Measure, measure } from '../measure.ts';
import { benchRequest } from '../spans.ts';

const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 80);
/** Other spans' prompts that a larger span has as attributes too: all texts differ. */
const LARGER = [0, 2, 6];
const FAR = 1_000_000;

interface Sample {
  readonly spans: readonly Span[];
  readonly wireBytes: number;
}

export default async function storage(): Promise<Measure[]> {
  const store = await connect({ url: undefined, dataFolder: temporaryFolder() });
  await migrateControl(store);
  const measures: Measure[] = [];
  for (const more of LARGER) {
    const samples = Array.from({ length: more === 0 ? REQUESTS : REQUESTS / 4 }, (_, n) => benchSample(n, more));
    measures.push(await bytesPerSpan(store, `storage-${more === 0 ? 'bench' : `bench-${more + 1}-texts`}`, samples));
  }
  measures.push(await bytesPerSpan(store, 'storage-demo', demoSamples()));
  await store.close();
  return measures;
}

function sampleOf(body: Uint8Array): Sample {
  return {
    spans: [...decodeTraces(body, 'protobuf', DEFAULT_DECODE_LIMITS, Date.now).spans],
    wireBytes: body.length,
  };
}

function benchSample(n: number, more: number): Sample {
  const { spans, wireBytes } = sampleOf(benchRequest(n));
  let added = 0;
  for (let k = 0; k < more; k++) {
    for (const [at, other] of sampleOf(benchRequest(FAR + n * more + k)).spans.entries()) {
      const text = other.attributes['gen_ai.input.messages'] as string;
      spans[at]!.attributes[`app.document.${k}`] = text;
      added += text.length;
    }
  }
  return { spans, wireBytes: wireBytes + added };
}

function demoSamples(): Sample[] {
  return demoSpans(Date.now() - 3_600_000).map(({ spans }) =>
    sampleOf(new Uint8Array(ProtobufTraceSerializer.serializeRequest([...spans])!)),
  );
}

async function bytesPerSpan(store: Store, name: string, samples: readonly Sample[]): Promise<Measure> {
  const database = `org_${name.replaceAll('-', '_')}`;
  await migrateOrg(store, database);
  const redactor = createRedactor({ key: new Uint8Array(32) });
  for (const { spans } of samples)
    for (const rows of spanRows(spans, { redactor, ingestedAt: Date.now() * 1_000 }))
      await store.insertLines(`${database}.otel_traces`, OTEL_TRACES_COLUMNS, rows, crypto.randomUUID());
  const [before] = await size(store, database);
  await store.command('OPTIMIZE TABLE otel_traces FINAL', {}, { database });
  const [merged] = await size(store, database);
  const spans = Number(merged!.spans);
  const wire = samples.reduce((sum, { wireBytes }) => sum + wireBytes, 0) / spans;
  return measure(
    name,
    Number(merged!.bytes) / spans,
    'bytes',
    wire,
    `a span of ${spans}, merged; before merging ${Math.round(Number(before!.bytes) / spans)}; baseline: on the wire`,
  );
}

function size(store: Store, database: string) {
  return store.query<{ spans: string; bytes: string }>(
    `SELECT (SELECT count() FROM otel_traces) AS spans, sum(bytes_on_disk) AS bytes
     FROM system.parts WHERE active AND database = {database: String}`,
    { database },
    { database },
  );
}
