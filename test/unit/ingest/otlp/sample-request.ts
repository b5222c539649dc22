import type { OtlpEncoding } from '../../../../ingest/otlp/decode-export.ts';
import { NOW_UNIX_MS } from './random-request.ts';
import { encode } from './reference.ts';

/** A span in the shape of OTLP/JSON; `undefined` members are left out. */
export type SampleSpan = Record<string, unknown>;

export const NOW_NANO = BigInt(NOW_UNIX_MS) * 1_000_000n;

export function sampleSpan(members: SampleSpan = {}): SampleSpan {
  return {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'eee19b7ec3c1b174',
    name: 'chat',
    kind: 3,
    startTimeUnixNano: String(NOW_NANO),
    endTimeUnixNano: String(NOW_NANO + 1_000n),
    attributes: [{ key: 'gen_ai.request.model', value: { stringValue: 'm' } }],
    ...members,
  };
}

/** The body of a trace export with these spans, in either encoding. */
export function exportOf(encoding: OtlpEncoding, spans: readonly SampleSpan[]): Buffer {
  return bodyOf(encoding, { resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

export function bodyOf(encoding: OtlpEncoding, request: object): Buffer {
  const json = JSON.stringify(request);
  return encoding === 'json' ? Buffer.from(json) : encode('ExportTraceServiceRequest', JSON.parse(json, hexToBase64));
}

function hexToBase64(key: string, value: unknown): unknown {
  return /^(?:traceId|spanId|parentSpanId)$/.test(key) ? Buffer.from(value as string, 'hex').toString('base64') : value;
}
