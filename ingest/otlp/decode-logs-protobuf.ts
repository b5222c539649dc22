import { emptyAttributes } from '../../engine/core/attributes.ts';
import type { LogRecord } from '../../engine/core/log-record.ts';
import type { Resource } from '../../engine/core/span.ts';
import { GROUP_WEIGHT, RECORD_WEIGHT } from './export-batch.ts';
import { type LogBatch, newRecordCounts } from './log-batch.ts';
import { newLogRecord } from './new-log-record.ts';
import { readAttribute, readResource, readScope, readText, readValue } from './protobuf-attributes.ts';
import { newScope } from './span-draft.ts';
import { WireReader } from './wire-reader.ts';

/** Decodes an ExportLogsServiceRequest off the wire straight into log records; see decode-protobuf.ts. */
export function decodeLogsProtobuf(body: Uint8Array, batch: LogBatch): void {
  const r = new WireReader(body);
  while (r.pos < r.end) {
    const tag = r.tag();
    if (tag === 0x0a) readResourceLogs(r, r.enter(r.end), batch);
    else r.skip(tag, r.end);
  }
}

function readResourceLogs(r: WireReader, end: number, batch: LogBatch): void {
  batch.spend(GROUP_WEIGHT);
  const resource = { attributes: emptyAttributes() };
  let attributes = 0;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x12) readScopeLogs(r, r.enter(end), batch, resource);
    else if (tag === 0x0a) attributes = readResource(r, r.enter(end), batch, resource.attributes, attributes);
    else r.skip(tag, end);
  }
  r.leave(end);
}

function readScopeLogs(r: WireReader, end: number, batch: LogBatch, resource: Resource): void {
  batch.spend(GROUP_WEIGHT);
  const scope = newScope();
  let attributes = 0;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x12) readLogRecord(r, r.enter(end), batch, newLogRecord(resource, scope));
    else if (tag === 0x0a) attributes = readScope(r, r.enter(end), batch, scope, attributes);
    else r.skip(tag, end);
  }
  r.leave(end);
}

function readLogRecord(r: WireReader, end: number, batch: LogBatch, record: LogRecord): void {
  batch.spend(RECORD_WEIGHT);
  const counts = newRecordCounts();
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x32) readAttribute(r, r.enter(end), batch, record.attributes, ++counts.attributes);
    else if (tag === 0x09) record.timeUnixNano = r.fixed64();
    else if (tag === 0x10) record.severityNumber = r.varint();
    else if (tag === 0x1a) record.severityText = readText(r, r.enter(end), batch);
    else if (tag === 0x2a) record.body = readValue(r, r.enter(end), batch, record.body, 0);
    else if (tag === 0x38) counts.droppedAttributes = r.varint();
    else if (tag === 0x45) record.flags = r.fixed32();
    else if (tag === 0x4a) record.traceId = r.id(r.enter(end), 16);
    else if (tag === 0x52) record.spanId = r.id(r.enter(end), 8);
    else if (tag === 0x59) counts.observedUnixNano = r.fixed64();
    else if (tag === 0x62) record.eventName = readText(r, r.enter(end), batch);
    else r.skip(tag, end);
  }
  r.leave(end);
  batch.add(record, counts);
}
