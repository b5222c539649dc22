import { emptyAttributes } from '../../engine/core/attributes.ts';
import type { LogRecord } from '../../engine/core/log-record.ts';
import type { Resource } from '../../engine/core/span.ts';
import { GROUP_WEIGHT, RECORD_WEIGHT } from './export-batch.ts';
import { readAttributes, readResource, readScope, readValue } from './json-attributes.ts';
import { JsonReader } from './json-reader.ts';
import { type LogBatch, newRecordCounts } from './log-batch.ts';
import { newLogRecord } from './new-log-record.ts';
import { refuseOtherSignal } from './other-signal.ts';
import { newScope } from './span-draft.ts';

/** Decodes an ExportLogsServiceRequest in OTLP's JSON straight into log records; see decode-json.ts. */
export function decodeLogsJson(body: Uint8Array, batch: LogBatch): void {
  const r = new JsonReader(body);
  let members = 0;
  let known = 0;
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    members++;
    if (r.name === 'resourceLogs') {
      known++;
      for (let item = r.enterArray(); item; item = r.nextItem()) readResourceLogs(r, batch);
    } else {
      refuseOtherSignal(r.name, 'logs');
      r.skip();
    }
  }
  r.finish();
  if (members > 0 && known === 0) batch.note('noLogs');
}

function readResourceLogs(r: JsonReader, batch: LogBatch): void {
  batch.spend(GROUP_WEIGHT);
  const resource = { attributes: emptyAttributes() };
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'scopeLogs') {
      for (let item = r.enterArray(); item; item = r.nextItem()) readScopeLogs(r, batch, resource);
    } else if (r.name === 'resource') readResource(r, batch, resource.attributes);
    else r.skip();
  }
}

function readScopeLogs(r: JsonReader, batch: LogBatch, resource: Resource): void {
  batch.spend(GROUP_WEIGHT);
  const scope = newScope();
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'logRecords') {
      for (let item = r.enterArray(); item; item = r.nextItem()) {
        readLogRecord(r, batch, newLogRecord(resource, scope));
      }
    } else if (r.name === 'scope') readScope(r, batch, scope);
    else r.skip();
  }
}

function readLogRecord(r: JsonReader, batch: LogBatch, record: LogRecord): void {
  batch.spend(RECORD_WEIGHT);
  const counts = newRecordCounts();
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    const { name } = r;
    if (name === 'timeUnixNano') record.timeUnixNano = r.uint64();
    else if (name === 'observedTimeUnixNano') counts.observedUnixNano = r.uint64();
    else if (name === 'severityNumber') record.severityNumber = r.enumNumber();
    else if (name === 'severityText') record.severityText = batch.clip(r.text());
    else if (name === 'body') record.body = readValue(r, batch, 0);
    else if (name === 'attributes') counts.attributes += readAttributes(r, batch, record.attributes);
    else if (name === 'droppedAttributesCount') counts.droppedAttributes = r.count();
    else if (name === 'flags') record.flags = r.count();
    else if (name === 'traceId') record.traceId = r.id(16);
    else if (name === 'spanId') record.spanId = r.id(8);
    else if (name === 'eventName') record.eventName = batch.clip(r.text());
    else r.skip();
  }
  batch.add(record, counts);
}
