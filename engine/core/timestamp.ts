const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z?$/;

/** ClickHouse DateTime64(6) text, UTC, of microseconds since 1970. Sorts as it reads. */
export function timestampText(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  const fraction = String(micros - seconds * 1e6).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${fraction}`;
}

/** Microseconds since 1970 of DateTime64 or RFC 3339 text, both UTC; anything finer is cut off. NaN when it is neither. */
export function timestampMicros(text: string): number {
  const [, date, time, fraction = ''] = TIMESTAMP.exec(text) ?? [];
  return Date.parse(`${date}T${time}Z`) * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** RFC 3339 of DateTime64 text, with the decimals it has. */
export function rfc3339(text: string): string {
  return `${text.replace(' ', 'T')}Z`;
}
