/** Tables that a request's rows go to. */
export type IngestTable = 'otel_traces' | 'otel_logs' | 'otel_metrics';

/** Rows of one table, one JSON array a line, as many as one insert can hold. */
export interface RowPiece {
  readonly table: IngestTable;
  readonly rows: Uint8Array;
}

/** One export request, ready to be stored. */
export interface Inspected extends InspectedCounts {
  /** None when nothing was accepted. */
  readonly pieces: readonly RowPiece[];
}

/** One export request behind the redaction boundary. */
export interface RedactedExport<Item> extends InspectedCounts {
  readonly items: readonly Item[];
}

export interface InspectedCounts {
  readonly accepted: number;
  readonly rejected: number;
  readonly errors: readonly string[];
  /** By second scanner: values that only it found; -1 when it failed and may be done without. */
  readonly scannedAgain: Readonly<Record<string, number>>;
}
