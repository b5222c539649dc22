import type { Clock } from '../../engine/core/clock.ts';
import type { LogRecord } from '../../engine/core/log-record.ts';
import { decodeExport, type OtlpEncoding } from './decode-export.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { decodeLogsJson } from './decode-logs-json.ts';
import { decodeLogsProtobuf } from './decode-logs-protobuf.ts';
import { LogBatch } from './log-batch.ts';

export interface DecodedLogs {
  readonly records: LogRecord[];
  readonly rejected: number;
  readonly errors: string[];
}

/** Decodes the body of an OTLP logs export: see decode-export.ts. */
export function decodeLogs(body: Uint8Array, encoding: OtlpEncoding, limits: DecodeLimits, clock: Clock): DecodedLogs {
  const batch = new LogBatch(limits, clock());
  decodeExport(body, encoding, batch, { signal: 'logs', protobuf: decodeLogsProtobuf, json: decodeLogsJson });
  return { records: batch.items, rejected: batch.rejected, errors: batch.errors() };
}
