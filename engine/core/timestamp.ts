/** Microseconds since 1970 as ClickHouse DateTime64(6) text, UTC. */
export function microsToText(micros: number): string {
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return `${new Date(Math.floor(micros / 1_000)).toISOString().slice(0, 19).replace('T', ' ')}.${fraction}`;
}

/** ClickHouse DateTime64 text, UTC, as microseconds since 1970. */
export function textToMicros(text: string): number {
  const [seconds = '', fraction = ''] = text.split('.');
  return Date.parse(`${seconds.replace(' ', 'T')}Z`) * 1_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** ClickHouse DateTime64 text, UTC, as RFC 3339 with the fraction it has: `2026-11-20T10:00:00.123456789Z`. */
export function textToRfc3339(text: string): string {
  return `${text.replace(' ', 'T')}Z`;
}
