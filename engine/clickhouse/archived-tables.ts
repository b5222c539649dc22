/** A table whose rows are archived by the hour in which they came about. */
export interface ArchivedTable {
  readonly table: string;
  /** When the row came about; never changes. */
  readonly at: string;
  /** What tells rows of one moment apart. */
  readonly id: string;
}

/** The events of an org: what rebuilds its database. Roll-ups follow from them as they are inserted. */
export const ARCHIVED_TABLES: readonly ArchivedTable[] = [
  { table: 'otel_traces', at: 'IngestedAt', id: 'TraceId, SpanId' },
  { table: 'otel_logs', at: 'IngestedAt', id: 'LogId' },
  { table: 'otel_metrics', at: 'IngestedAt', id: 'SeriesId, StartTimeUnix, TimeUnix' },
  { table: 'findings', at: 'found_at', id: 'id, match' },
  { table: 'suppressed_findings', at: 'found_at', id: 'id, match' },
  { table: 'risk_contributions', at: 'at', id: 'entity_value, finding_id' },
  { table: 'session_summaries', at: 'made_at', id: 'session_id' },
  { table: 'alert_events', at: 'at', id: 'event_id, match' },
];
