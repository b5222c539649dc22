import { timestampText } from '../../../engine/core/timestamp.ts';

/** Which spans a figure is about: those that began in [from, to) when given, else those that came in during the last days. */
export interface SpanWindow {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** How far back is looked when nothing is asked for. */
const DEFAULT_DAYS = 30;

export interface WindowSql {
  /** A condition over otel_traces; its parameters are `params`. */
  readonly condition: string;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The default is on IngestedAt, by which the table is partitioned: it reads little, and shows spans that came late or with
 * another clock's time. `now` is in milliseconds since 1970; `from` and `to` are RFC 3339.
 */
export function windowSql({ from, to }: SpanWindow, now: number): WindowSql {
  if (from === undefined && to === undefined) {
    return {
      condition: "IngestedAt >= {window_from: DateTime64(6, 'UTC')}",
      params: { window_from: timestampText((now - DEFAULT_DAYS * 86_400_000) * 1_000) },
    };
  }
  return {
    condition: "Timestamp >= {window_from: DateTime64(6, 'UTC')} AND Timestamp < {window_to: DateTime64(6, 'UTC')}",
    params: {
      window_from: timestampText(Date.parse(from ?? '1970-01-01T00:00:00Z') * 1_000),
      window_to: timestampText(Date.parse(to ?? '2200-01-01T00:00:00Z') * 1_000),
    },
  };
}
