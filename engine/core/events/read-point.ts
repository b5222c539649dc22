import { createHash } from 'node:crypto';
import type { AgentSpan } from '../agent-span.ts';
import type { DataPoint } from '../data-point.ts';
import { normalise } from '../dialects/normalise.ts';
import { textOf } from '../dialects/plain-text.ts';
import { nameSession } from './name-session.ts';
import type { Identify } from './read-event.ts';

/** A data point, and the same in the shape of a span: dialects, enrichment and redaction read it as they read spans. */
export interface MeasuredPoint {
  readonly point: DataPoint;
  /** 16 hex digits: the metric with these attributes of this resource. */
  readonly series: string;
  readonly span: AgentSpan;
}

/** Reads whose usage a data point tells of. Pure; never throws on its content. */
export function readPoint(point: DataPoint, identify: Identify): MeasuredPoint {
  const { metric, attributes, timeUnixNano } = point;
  const hash = createHash('sha256');
  for (const part of [metric.name, metric.type, metric.temporality, metric.scope.name]) hash.update(`${part}\0`);
  for (const map of [metric.resource.attributes, attributes]) hash.update(`${textOf(map)}\0`);
  const series = identify(hash.digest('hex')).slice(0, 16);
  const span = normalise({
    traceId: identify(`series ${series}`),
    spanId: series,
    parentSpanId: '',
    traceState: '',
    name: metric.name,
    kind: 'Internal',
    startTimeUnixNano: timeUnixNano,
    endTimeUnixNano: timeUnixNano,
    statusCode: 'Unset',
    statusMessage: '',
    resource: metric.resource,
    scope: metric.scope,
    attributes,
    events: [],
    links: [],
  });
  nameSession(span);
  return { point, series, span };
}
