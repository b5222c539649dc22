import { createHash } from 'node:crypto';
import { encodeLogRow, type RedactedLog } from '../engine/clickhouse/tables/otel-logs.ts';
import { encodeSpanRow } from '../engine/clickhouse/tables/otel-traces.ts';
import { enrich } from '../engine/core/enrichment/enrich.ts';
import { BODY_KEY, type Identify, type LoggedEvent, readEvent } from '../engine/core/events/read-event.ts';
import type { LogRecord } from '../engine/core/log-record.ts';
import type { RedactedSpan, RedactionFinding } from '../engine/core/redacted-span.ts';
import { PREVIEW_LIMIT } from '../engine/redaction/clip.ts';
import { redactPlainText } from '../engine/redaction/redact-plain-text.ts';
import { redactSpan } from '../engine/redaction/redact-span.ts';
import type { Redactor } from '../engine/redaction/redactor.ts';
import { encodePieces } from './encode-pieces.ts';
import { takeRecordFacts } from './gateway/gateway-facts.ts';
import { keptEvent } from './gateway/kept-record.ts';
import { enrichTaken } from './gateway/kept-span.ts';
import type { InspectContext } from './inspect-context.ts';
import type { Inspected, RedactedExport, RowPiece } from './inspected.ts';
import type { OtlpEncoding } from './otlp/decode-export.ts';
import { decodeLogs } from './otlp/decode-logs.ts';
import { redactAndScan } from './redact-and-scan.ts';

/**
 * The way of a log record from the wire to its row, and to the row of a span where it stands for a step that nobody traces:
 * decode → read as an event → enrich → redact → scan again → encode. Throws as inspectTraces.
 */
export async function inspectLogs(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: InspectContext,
): Promise<Inspected> {
  const { items, ...counts } = await redactLogs(body, encoding, context);
  return { pieces: encodeLogs(items, context.ingestedAt), ...counts };
}

/** The same way as far as the redaction boundary. */
export async function redactLogs(
  body: Uint8Array,
  encoding: OtlpEncoding,
  context: InspectContext,
): Promise<RedactedExport<RedactedLog>> {
  const { records, rejected, errors } = decodeLogs(body, encoding, context.limits, context.clock);
  const { redactor } = context;
  const facts = records.map(({ attributes }) => takeRecordFacts(attributes, context.fromGateway));
  const events = records.map(
    (record, index) => keptEvent(record, facts[index]) ?? readEvent(record, identifier(redactor)),
  );
  const taken = enrichTaken(
    events.map(({ span }) => span),
    facts,
  );
  const redacted = await redactAndScan(taken, context);
  const items = events.map((event, index) => toLog(event, redacted.spans[index]!, redactor));
  return { items, accepted: records.length, rejected, errors, scannedAgain: redacted.scannedAgain };
}

/** The same way for records that are decoded already, without a second scanner. */
export function logPieces(
  records: readonly LogRecord[],
  context: Pick<InspectContext, 'redactor' | 'ingestedAt'>,
): RowPiece[] {
  const events = records.map((record) => readEvent(record, identifier(context.redactor)));
  const spans = enrich(events.map(({ span }) => span)).map((span) => redactSpan(span, context.redactor));
  const logs = events.map((event, index) => toLog(event, spans[index]!, context.redactor));
  return encodeLogs(logs, context.ingestedAt);
}

function encodeLogs(logs: readonly RedactedLog[], ingestedAt: number): RowPiece[] {
  const spans = logs.filter(({ isSpan }) => isSpan).map(({ span }) => span);
  return [
    ...encodePieces('otel_logs', logs, (log) => encodeLogRow(log, ingestedAt)),
    ...encodePieces('otel_traces', spans, (span) => encodeSpanRow(span, ingestedAt)),
  ];
}

/** Digests under the org's key. Hashed before, so that no long text is remembered. */
export function identifier({ mint }: Redactor): Identify {
  return (text) => mint.fingerprint(createHash('sha256').update(text).digest('hex'));
}

function toLog(
  { record, id, bodyLength, isSpan }: LoggedEvent,
  { attributes, redactions, ...span }: RedactedSpan,
  redactor: Redactor,
): RedactedLog {
  const { [BODY_KEY]: body = '', ...rest } = attributes;
  const withoutBody = redactions.map(nameBody);
  return {
    record,
    id,
    severityText: redactPlainText(record.severityText, redactor, PREVIEW_LIMIT),
    body,
    bodyLength,
    isSpan,
    span: { ...span, attributes: rest, redactions: withoutBody },
    redactions: withoutBody.map(nameAttributes),
  };
}

function nameBody(finding: RedactionFinding): RedactionFinding {
  const place = `SpanAttributes.${BODY_KEY}`;
  return finding.path.startsWith(place) ? { ...finding, path: `Body${finding.path.slice(place.length)}` } : finding;
}

function nameAttributes(finding: RedactionFinding): RedactionFinding {
  return {
    ...finding,
    path: finding.path.replace(/^SpanAttributes\./, 'LogAttributes.').replace(/^SpanName$/, 'EventName'),
  };
}
