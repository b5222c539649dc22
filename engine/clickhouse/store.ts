/** Settings of one statement, by ClickHouse's own names. */
export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface StatementOptions {
  /** Database in which unqualified names are looked up; `default` when left out. */
  readonly database?: string;
  readonly settings?: Settings;
}

/** Figures of a statement that the engine itself reports. */
export interface RunFigures {
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly elapsedMs: number;
}

/**
 * One ClickHouse, embedded or a server. All SQL of the product goes through here. Values are bound as {name: Type}; 64-bit
 * integers come back as decimal strings. Errors are CodedError: STORE_UNAVAILABLE and DISK_FULL when a retry
 * can help, STORE_REFUSED else.
 */
export interface Store {
  readonly kind: 'embedded' | 'server';
  query<Row>(sql: string, params?: Readonly<Record<string, unknown>>, options?: StatementOptions): Promise<Row[]>;
  /** The same with the engine's figures, for the run ledger. */
  measure<Row>(
    sql: string,
    params?: Readonly<Record<string, unknown>>,
    options?: StatementOptions,
  ): Promise<{ rows: Row[] } & RunFigures>;
  /** The result in any ClickHouse output format, as bytes. */
  raw(
    sql: string,
    format: string,
    params?: Readonly<Record<string, unknown>>,
    options?: StatementOptions,
  ): Promise<{ body: Buffer } & RunFigures>;
  command(sql: string, params?: Readonly<Record<string, unknown>>, options?: StatementOptions): Promise<void>;
  /**
   * Inserts ready-made rows: one JSON array a line (JSONCompactEachRow). Resolves when they are stored. Inserting the same
   * token again is harmless.
   */
  insertLines(table: string, columns: readonly string[], lines: Uint8Array, token: string): Promise<void>;
  /** Why nothing can be written at the moment, '' while it can; undefined where only the server knows. */
  trouble?(): string;
  close(): Promise<void>;
}
