import type { Attributes } from './attributes.ts';
import type { Resource, Scope } from './span.ts';

export type MetricType = 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary';

/** Whether points tell what came since the last one, or all since the start time. */
export type Temporality = 'unspecified' | 'delta' | 'cumulative';

/** What all points of a metric share. */
export interface Metric {
  name: string;
  unit: string;
  type: MetricType;
  temporality: Temporality;
  monotonic: boolean;
  readonly resource: Resource;
  readonly scope: Scope;
}

/** A data point as decoded from OTLP and found valid; times are nanoseconds since 1970. Buckets and quantiles are not kept. */
export interface DataPoint {
  readonly metric: Metric;
  /** 0 when not said. */
  startTimeUnixNano: bigint;
  timeUnixNano: bigint;
  /** The value of a gauge or sum, the sum of what a histogram or summary observed. */
  value: number;
  /** How many values a histogram or summary observed; 0 for others. */
  count: number;
  attributes: Attributes;
}
