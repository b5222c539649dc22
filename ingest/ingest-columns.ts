import { OTEL_LOGS_COLUMNS } from '../engine/clickhouse/tables/otel-logs.ts';
import { OTEL_METRICS_COLUMNS } from '../engine/clickhouse/tables/otel-metrics.ts';
import { OTEL_TRACES_COLUMNS } from '../engine/clickhouse/tables/otel-traces.ts';
import type { IngestTable } from './inspected.ts';

/** Columns that the rows of each table fill, in their order. */
export const INGEST_COLUMNS: Readonly<Record<IngestTable, readonly string[]>> = {
  otel_traces: OTEL_TRACES_COLUMNS,
  otel_logs: OTEL_LOGS_COLUMNS,
  otel_metrics: OTEL_METRICS_COLUMNS,
};
