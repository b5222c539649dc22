import type { LogRecord } from '../../engine/core/log-record.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { ExportBatch, isId, ZERO_SPAN_ID, ZERO_TRACE_ID } from './export-batch.ts';

/** What a decoder met in a log record beside what it keeps. */
export interface RecordCounts {
  attributes: number;
  droppedAttributes: number;
  observedUnixNano: bigint;
}

export function newRecordCounts(): RecordCounts {
  return { attributes: 0, droppedAttributes: 0, observedUnixNano: 0n };
}

/** The log records of one request. */
export class LogBatch extends ExportBatch<LogRecord> {
  private readonly nowUnixNano: bigint;
  /** Whether any record said when it was. */
  private timed = false;

  constructor(limits: DecodeLimits, nowUnixMs: number) {
    super(limits, nowUnixMs, 'log record');
    this.nowUnixNano = BigInt(Math.floor(nowUnixMs)) * 1_000_000n;
  }

  /** Takes a decoded record if its time is believable. Ids are optional: a record without valid ones is kept without them. */
  add(record: LogRecord, counts: RecordCounts): void {
    record.timeUnixNano ||= counts.observedUnixNano;
    this.timed ||= record.timeUnixNano !== 0n;
    record.timeUnixNano ||= this.nowUnixNano;
    const fault = this.isEarly(record.timeUnixNano) ? 'timeEarly' : this.isLate(record.timeUnixNano) ? 'timeLate' : '';
    if (fault !== '') {
      this.reject(fault);
      return;
    }
    this.settleIds(record);
    const dropped = counts.droppedAttributes + Math.max(0, counts.attributes - this.limits.maxAttributes);
    if (dropped > 0) record.attributes['otel.dropped_attributes_count'] = dropped;
    this.items.push(record);
  }

  /** All fields of a log record are optional, so that anything may look like one. */
  override isPlausible(): boolean {
    return this.timed && super.isPlausible();
  }

  private settleIds(record: LogRecord): void {
    const { traceId, spanId } = record;
    const traced = isId(traceId, ZERO_TRACE_ID);
    if (traced && isId(spanId, ZERO_SPAN_ID)) return;
    const isAbsent = (id: string, zero: string) => id === '' || id === zero;
    if ((!traced && !isAbsent(traceId, ZERO_TRACE_ID)) || !isAbsent(spanId, ZERO_SPAN_ID)) this.note('recordIds');
    record.spanId = '';
    if (!traced) record.traceId = '';
  }
}
