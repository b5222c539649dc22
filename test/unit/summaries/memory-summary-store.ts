import type { StoredSummary } from '../../../engine/core/session-summary.ts';
import type {
  SessionState,
  SourceFinding,
  SummarySource,
  TranscriptSpan,
} from '../../../engine/core/summary-source.ts';
import { timestampMicros } from '../../../engine/core/timestamp.ts';
import type { SummaryStore } from '../../../engine/summaries/summariser.ts';

export interface MemoryStore extends SummaryStore {
  /** Adds spans to a session, ingested at a time (milliseconds since 1970). */
  add(id: string, at: number, ...spans: TranscriptSpan[]): void;
  end(id: string): void;
  /** Every summary that was saved, oldest first. */
  readonly saved: StoredSummary[];
  /** The one that is in force. */
  summaryOf(id: string): StoredSummary | undefined;
}

/** Sessions and summaries as the store keeps them. */
export function memoryStore(findings: readonly SourceFinding[] = []): MemoryStore {
  const sessions = new Map<string, { spans: TranscriptSpan[]; last: number; ended: boolean }>();
  const saved: StoredSummary[] = [];
  const summaryOf = (id: string) =>
    saved.filter(({ session_id }) => session_id === id).toSorted((a, b) => (a.made_at < b.made_at ? 1 : -1))[0];
  return {
    saved,
    summaryOf,
    add: (id, at, ...spans) => {
      const known = sessions.get(id) ?? { spans: [], last: 0, ended: false };
      known.spans.push(...spans);
      known.last = Math.max(known.last, at * 1_000);
      sessions.set(id, known);
    },
    end: (id) => {
      sessions.get(id)!.ended = true;
    },
    touched: async ({ from, to }) =>
      [...sessions]
        .filter(([, { last }]) => last >= from && last < to)
        .map(([id, { last, ended }]) => ({ id, lastIngested: last, ended })),
    states: async (ids) =>
      ids.flatMap((id): SessionState[] => {
        const session = sessions.get(id);
        const summary = summaryOf(id);
        if (session === undefined) return [];
        return [
          {
            id,
            version: `v${session.spans.length}`,
            spans: session.spans.length,
            lastIngested: session.last,
            ended: session.ended,
            summary: summary && {
              version: summary.session_version,
              revision: summary.revision,
              promptHash: summary.prompt_hash,
              model: summary.model,
              fallback: summary.fallback,
              madeAt: timestampMicros(summary.made_at),
            },
          },
        ];
      }),
    source: async (id): Promise<SummarySource | undefined> => {
      const session = sessions.get(id);
      return session && { id, spans: session.spans, omitted: 0, findings };
    },
    save: async (summary) => {
      saved.push(summary);
    },
  };
}
