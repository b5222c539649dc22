import { createGroupCommit, type GroupCommitOptions } from './group-commit.ts';
import type { IngestTable } from './inspected.ts';

/** Stores rows of one table of an org; resolves when they are durable. The same token again is harmless. */
export type InsertRows = (org: string, table: IngestTable, rows: Uint8Array, token: string) => Promise<void>;

/** One group commit for each table. */
export function groupCommits(
  insert: InsertRows,
  options: Omit<GroupCommitOptions, 'insert'> = {},
): Readonly<Record<IngestTable, ReturnType<typeof createGroupCommit>>> {
  const into = (table: IngestTable) =>
    createGroupCommit({ ...options, insert: (org, rows, token) => insert(org, table, rows, token) });
  return { otel_traces: into('otel_traces'), otel_logs: into('otel_logs'), otel_metrics: into('otel_metrics') };
}
