/** Where alerting says what went wrong: fields first, as pino takes them, an error as `err`. No field or message holds content of anybody's. */
export interface Diagnostics {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}
