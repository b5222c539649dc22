import type { ExportRequest, TakenExport } from './otlp/receive-export.ts';

/** What stands between a receiver and the store: direct, or Kafka. */
export interface IngestQueue {
  /**
   * Resolves when the request is safe: its rows stored, or its bytes committed by Kafka. Throws OVERLOADED when too much is under way,
   * SHUTTING_DOWN after `stop`, STORE_UNAVAILABLE when what is behind does not answer, and what the request itself is refused for.
   */
  take(request: ExportRequest): Promise<TakenExport>;
  /** Bytes of requests taken and not yet safe. */
  queuedBytes(): number;
  /** Takes nothing more and resolves when everything taken is safe or refused. */
  stop(): Promise<void>;
}
