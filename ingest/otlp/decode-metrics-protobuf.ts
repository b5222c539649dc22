import { emptyAttributes } from '../../engine/core/attributes.ts';
import type { Metric, MetricType } from '../../engine/core/data-point.ts';
import type { Resource, Scope } from '../../engine/core/span.ts';
import { GROUP_WEIGHT, RECORD_WEIGHT } from './export-batch.ts';
import type { MetricBatch } from './metric-batch.ts';
import { type MetPoint, newMetric, newPoint, temporality } from './metric-draft.ts';
import { readAttribute, readResource, readScope, readText } from './protobuf-attributes.ts';
import { newScope } from './span-draft.ts';
import { WireReader } from './wire-reader.ts';

/** By the tag of the message that holds a metric's points. */
const TYPES: ReadonlyMap<number, MetricType> = new Map([
  [0x2a, 'gauge'],
  [0x3a, 'sum'],
  [0x4a, 'histogram'],
  [0x52, 'exponential_histogram'],
  [0x5a, 'summary'],
]);

/** Where each type of point keeps its attributes. */
const ATTRIBUTES: Readonly<Record<MetricType, number>> = {
  gauge: 0x3a,
  sum: 0x3a,
  histogram: 0x4a,
  exponential_histogram: 0x0a,
  summary: 0x3a,
};

/** Decodes an ExportMetricsServiceRequest off the wire straight into data points; see decode-protobuf.ts. */
export function decodeMetricsProtobuf(body: Uint8Array, batch: MetricBatch): void {
  const r = new WireReader(body);
  while (r.pos < r.end) {
    const tag = r.tag();
    if (tag === 0x0a) readResourceMetrics(r, r.enter(r.end), batch);
    else r.skip(tag, r.end);
  }
}

function readResourceMetrics(r: WireReader, end: number, batch: MetricBatch): void {
  batch.spend(GROUP_WEIGHT);
  const resource = { attributes: emptyAttributes() };
  let attributes = 0;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x12) readScopeMetrics(r, r.enter(end), batch, resource);
    else if (tag === 0x0a) attributes = readResource(r, r.enter(end), batch, resource.attributes, attributes);
    else r.skip(tag, end);
  }
  r.leave(end);
}

function readScopeMetrics(r: WireReader, end: number, batch: MetricBatch, resource: Resource): void {
  batch.spend(GROUP_WEIGHT);
  const scope = newScope();
  let attributes = 0;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x12) readMetric(r, r.enter(end), batch, resource, scope);
    else if (tag === 0x0a) attributes = readScope(r, r.enter(end), batch, scope, attributes);
    else r.skip(tag, end);
  }
  r.leave(end);
}

function readMetric(r: WireReader, end: number, batch: MetricBatch, resource: Resource, scope: Scope): void {
  batch.spend(GROUP_WEIGHT);
  const metric = newMetric(resource, scope);
  const points: MetPoint[] = [];
  while (r.pos < end) {
    const tag = r.tag();
    const type = TYPES.get(tag);
    if (type !== undefined) {
      metric.type = type;
      readPoints(r, r.enter(end), batch, metric, points);
    } else if (tag === 0x0a) metric.name = readText(r, r.enter(end), batch);
    else if (tag === 0x1a) metric.unit = readText(r, r.enter(end), batch);
    else r.skip(tag, end);
  }
  r.leave(end);
  for (const { point, flags } of points) batch.add(point, flags);
}

function readPoints(r: WireReader, end: number, batch: MetricBatch, metric: Metric, points: MetPoint[]): void {
  const numbers = metric.type === 'gauge' || metric.type === 'sum';
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x0a) points.push(readPoint(r, r.enter(end), batch, metric, numbers));
    else if (tag === 0x10) metric.temporality = temporality(r.varint());
    else if (tag === 0x18) metric.monotonic = r.varint() !== 0;
    else r.skip(tag, end);
  }
  r.leave(end);
}

function readPoint(r: WireReader, end: number, batch: MetricBatch, metric: Metric, isNumber: boolean): MetPoint {
  batch.spend(RECORD_WEIGHT);
  const met = newPoint(metric);
  const { point } = met;
  const attributes = ATTRIBUTES[metric.type];
  let count = 0;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === attributes) readAttribute(r, r.enter(end), batch, point.attributes, ++count);
    else if (tag === 0x11) point.startTimeUnixNano = r.fixed64();
    else if (tag === 0x19) point.timeUnixNano = r.fixed64();
    else if (isNumber && tag === 0x21) point.value = r.double();
    else if (isNumber && tag === 0x31) point.value = Number(BigInt.asIntN(64, r.fixed64()));
    else if (isNumber && tag === 0x40) met.flags = r.varint();
    else if (!isNumber && tag === 0x21) point.count = Number(r.fixed64());
    else if (!isNumber && tag === 0x29) point.value = r.double();
    else r.skip(tag, end);
  }
  r.leave(end);
  return met;
}
