import type { AgentSpan } from '../../engine/core/agent-span.ts';
import { attributeText } from '../../engine/core/attributes.ts';
import type { DataPoint } from '../../engine/core/data-point.ts';
import { BODY_KEY, type LoggedEvent } from '../../engine/core/events/read-event.ts';
import type { MeasuredPoint } from '../../engine/core/events/read-point.ts';
import type { LogRecord } from '../../engine/core/log-record.ts';
import type { Span } from '../../engine/core/span.ts';
import type { TakenRecord } from './gateway-facts.ts';
import { keptSpan } from './kept-span.ts';

/** A log record as the gateway read it; undefined where it told nothing. */
export function keptEvent(record: LogRecord, facts: TakenRecord | undefined): LoggedEvent | undefined {
  if (facts === undefined) return undefined;
  const { id, bodyLength, isSpan } = facts.record;
  const body = attributeText(record.body);
  if (body !== '') record.attributes[BODY_KEY] = body;
  const span = readAs(record, record.eventName, facts);
  return { record, id, name: record.eventName, bodyLength, span, isSpan };
}

/** The same of a data point. */
export function keptPoint(point: DataPoint, facts: TakenRecord | undefined): MeasuredPoint | undefined {
  if (facts === undefined) return undefined;
  const { metric, attributes } = point;
  const { resource, scope } = metric;
  const span = readAs({ resource, scope, attributes }, metric.name, facts);
  return { point, series: facts.record.id, span };
}

function readAs(
  { resource, scope, attributes }: Pick<Span, 'resource' | 'scope' | 'attributes'>,
  name: string,
  facts: TakenRecord,
): AgentSpan {
  const { traceId, spanId, parentSpanId, start, end, status, message } = facts.record;
  const span: Span = {
    traceId,
    spanId,
    parentSpanId,
    traceState: '',
    name,
    kind: 'Internal',
    startTimeUnixNano: start,
    endTimeUnixNano: end,
    statusCode: status,
    statusMessage: message,
    resource,
    scope,
    attributes,
    events: [],
    links: [],
  };
  return keptSpan(span, facts);
}
