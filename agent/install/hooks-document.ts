/** What a tool's file is to hold: hooks by event, and members that the file has to have beside them. */
export interface HooksDocument {
  readonly version?: number;
  readonly hooks: Readonly<Record<string, readonly unknown[]>>;
}

/** Whether a hook of a settings file is ours. */
export type IsOurs = (command: string) => boolean;
