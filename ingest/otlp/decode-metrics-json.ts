import { emptyAttributes } from '../../engine/core/attributes.ts';
import type { Metric } from '../../engine/core/data-point.ts';
import type { Resource, Scope } from '../../engine/core/span.ts';
import { GROUP_WEIGHT, RECORD_WEIGHT } from './export-batch.ts';
import { readAttributes, readResource, readScope } from './json-attributes.ts';
import { JsonReader } from './json-reader.ts';
import type { MetricBatch } from './metric-batch.ts';
import { METRIC_TYPES, type MetPoint, newMetric, newPoint, temporality } from './metric-draft.ts';
import { refuseOtherSignal } from './other-signal.ts';
import { newScope } from './span-draft.ts';

/** Decodes an ExportMetricsServiceRequest in OTLP's JSON straight into data points; see decode-json.ts. */
export function decodeMetricsJson(body: Uint8Array, batch: MetricBatch): void {
  const r = new JsonReader(body);
  let members = 0;
  let known = 0;
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    members++;
    if (r.name === 'resourceMetrics') {
      known++;
      for (let item = r.enterArray(); item; item = r.nextItem()) readResourceMetrics(r, batch);
    } else {
      refuseOtherSignal(r.name, 'metrics');
      r.skip();
    }
  }
  r.finish();
  if (members > 0 && known === 0) batch.note('noMetrics');
}

function readResourceMetrics(r: JsonReader, batch: MetricBatch): void {
  batch.spend(GROUP_WEIGHT);
  const resource = { attributes: emptyAttributes() };
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'scopeMetrics') {
      for (let item = r.enterArray(); item; item = r.nextItem()) readScopeMetrics(r, batch, resource);
    } else if (r.name === 'resource') readResource(r, batch, resource.attributes);
    else r.skip();
  }
}

function readScopeMetrics(r: JsonReader, batch: MetricBatch, resource: Resource): void {
  batch.spend(GROUP_WEIGHT);
  const scope = newScope();
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'metrics') {
      for (let item = r.enterArray(); item; item = r.nextItem()) readMetric(r, batch, resource, scope);
    } else if (r.name === 'scope') readScope(r, batch, scope);
    else r.skip();
  }
}

function readMetric(r: JsonReader, batch: MetricBatch, resource: Resource, scope: Scope): void {
  batch.spend(GROUP_WEIGHT);
  const metric = newMetric(resource, scope);
  const points: MetPoint[] = [];
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    const type = METRIC_TYPES.get(r.name);
    if (type !== undefined) {
      metric.type = type;
      readPoints(r, batch, metric, points);
    } else if (r.name === 'name') metric.name = batch.clip(r.text());
    else if (r.name === 'unit') metric.unit = batch.clip(r.text());
    else r.skip();
  }
  for (const { point, flags } of points) batch.add(point, flags);
}

function readPoints(r: JsonReader, batch: MetricBatch, metric: Metric, points: MetPoint[]): void {
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'dataPoints') {
      for (let item = r.enterArray(); item; item = r.nextItem()) points.push(readPoint(r, batch, metric));
    } else if (r.name === 'aggregationTemporality') metric.temporality = temporality(r.enumNumber());
    else if (r.name === 'isMonotonic') metric.monotonic = r.takeNull() ? false : r.boolean();
    else r.skip();
  }
}

function readPoint(r: JsonReader, batch: MetricBatch, metric: Metric): MetPoint {
  batch.spend(RECORD_WEIGHT);
  const met = newPoint(metric);
  const { point } = met;
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    const { name } = r;
    if (name === 'attributes') readAttributes(r, batch, point.attributes);
    else if (name === 'startTimeUnixNano') point.startTimeUnixNano = r.uint64();
    else if (name === 'timeUnixNano') point.timeUnixNano = r.uint64();
    else if (name === 'flags') met.flags = r.count();
    else if (r.takeNull()) continue;
    else if (name === 'asDouble' || name === 'sum') point.value = r.double();
    else if (name === 'asInt') point.value = Number(r.int64());
    else if (name === 'count') point.count = Number(r.uint64());
    else r.skip();
  }
  return met;
}
