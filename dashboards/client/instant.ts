import { CodedError } from '../../engine/core/errors.ts';

/** RFC 3339 of a time, a day or a stretch back from now (`7d`, `12h`). Throws USAGE. */
export function instant(text: string): string {
  const [, amount, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const back = Number(amount) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[(unit ?? 'm') as 'm' | 'h' | 'd'];
  const time = unit === undefined ? Date.parse(text === 'now' ? new Date().toISOString() : text) : Date.now() - back;
  if (Number.isNaN(time)) throw new CodedError('USAGE', `"${text}" is no time: 2026-11-20, 2026-11-20T08:00:00Z or 7d`);
  return new Date(time).toISOString();
}
