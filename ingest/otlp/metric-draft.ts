import { emptyAttributes } from '../../engine/core/attributes.ts';
import type { Metric, MetricType, Temporality } from '../../engine/core/data-point.ts';
import type { Resource, Scope } from '../../engine/core/span.ts';
import type { PointDraft } from './metric-batch.ts';

/** A point met before everything that its metric says was; kept with its flags until the metric is read. */
export interface MetPoint {
  readonly point: PointDraft;
  flags: number;
}

export function newMetric(resource: Resource, scope: Scope): Metric {
  return { name: '', unit: '', type: 'gauge', temporality: 'unspecified', monotonic: false, resource, scope };
}

export function newPoint(metric: Metric): MetPoint {
  const { type } = metric;
  return {
    point: {
      metric,
      startTimeUnixNano: 0n,
      timeUnixNano: 0n,
      // Histograms and summaries may leave out the sum.
      value: type === 'gauge' || type === 'sum' ? undefined : 0,
      count: 0,
      attributes: emptyAttributes(),
    },
    flags: 0,
  };
}

const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative'];

/** Enums are open: a number that a later OTLP adds is what an absent one is. */
export function temporality(number: number): Temporality {
  return TEMPORALITIES[number] ?? 'unspecified';
}

/** By the member that holds the points in OTLP/JSON. */
export const METRIC_TYPES: ReadonlyMap<string, MetricType> = new Map([
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential_histogram'],
  ['summary', 'summary'],
]);
