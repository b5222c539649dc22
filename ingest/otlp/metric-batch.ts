import type { DataPoint } from '../../engine/core/data-point.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { ExportBatch, type Remark } from './export-batch.ts';

/** A point as a decoder fills it: without a value until one is met. */
export type PointDraft = Omit<DataPoint, 'value'> & { value: number | undefined };

/** A point's flag that says there was nothing to measure. */
const NO_RECORDED_VALUE = 1;

/** The data points of one request. */
export class MetricBatch extends ExportBatch<DataPoint> {
  constructor(limits: DecodeLimits, nowUnixMs: number) {
    super(limits, nowUnixMs, 'data point');
  }

  /** Takes a decoded point if it is valid. One that says that nothing was measured is accepted and not kept. */
  add(point: PointDraft, flags: number): void {
    if ((flags & NO_RECORDED_VALUE) !== 0) return;
    const fault = this.faultOf(point);
    if (fault !== undefined) {
      this.reject(fault);
      return;
    }
    if (this.isEarly(point.startTimeUnixNano) || this.isLate(point.startTimeUnixNano)) point.startTimeUnixNano = 0n;
    this.items.push(point as DataPoint);
  }

  private faultOf({ metric, timeUnixNano, value }: PointDraft): Remark | undefined {
    if (metric.name === '') return 'metricName';
    if (timeUnixNano === 0n) return 'timeMissing';
    if (this.isEarly(timeUnixNano)) return 'timeEarly';
    if (this.isLate(timeUnixNano)) return 'timeLate';
    return Number.isFinite(value) ? undefined : 'value';
  }
}
