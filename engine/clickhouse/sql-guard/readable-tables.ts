/** Tables and views of an org that analysts may read. Sealed secrets, delivery errors and bookkeeping stay out. */
export const READABLE_TABLES: ReadonlySet<string> = new Set([
  'otel_traces',
  'otel_logs',
  'otel_metrics',
  'agent_prompts',
  'agent_facts',
  'deployments',
  'findings',
  'suppressed_findings',
  'risk_contributions',
  'alert_events',
  'alerts',
  'redaction_findings',
  'redaction_values',
]);

/** What an empty FROM and the allowed table functions resolve to. */
export const HARMLESS_SOURCES: ReadonlySet<string> = new Set(['system.one', 'system.numbers']);

/** Columns with what people, models and tools said, redacted. Only for those who may read content. */
export const CONTENT_COLUMNS: ReadonlySet<string> = new Set([
  'Body',
  'PromptPreview',
  'CompletionPreview',
  'ToolArgumentsPreview',
  'ToolResultPreview',
  'StatusMessage',
  'Events.Attributes',
  'Links.Attributes',
]);

/** Columns that hold content beside structure: without the right to content only `Column['key']` of a structural key. */
export const MIXED_COLUMNS: ReadonlySet<string> = new Set([
  'SpanAttributes',
  'ResourceAttributes',
  'LogAttributes',
  'Attributes',
]);
