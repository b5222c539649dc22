import { useAddress } from './use-address.ts';

export const RANGES = { '1h': 1, '6h': 6, '24h': 24, '7d': 168, '30d': 720, '90d': 2_160 } as const;
export type RangeName = keyof typeof RANGES;
export const RANGE_WORDS: Readonly<Record<RangeName, string>> = {
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
};

const HOUR_MS = 3_600_000;
/** A relative range moves on by this, so that what was asked a moment ago is still the same question. */
const STEP_MS = 60_000;

/** The period that the address names: `range`, or `from` and `to`. RFC 3339. */
export function useTimeRange(): { from: string; to: string; name: RangeName | 'custom' } {
  const { get } = useAddress();
  const from = Date.parse(get('from'));
  const to = Date.parse(get('to'));
  if (from < to) return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), name: 'custom' };
  const asked = get('range');
  const name: RangeName = asked in RANGES ? (asked as RangeName) : '24h';
  const end = Math.ceil(Date.now() / STEP_MS) * STEP_MS;
  return { from: new Date(end - RANGES[name] * HOUR_MS).toISOString(), to: new Date(end).toISOString(), name };
}
