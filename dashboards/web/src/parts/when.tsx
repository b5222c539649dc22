const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'narrow' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const STEPS: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** How long ago, the exact time in the reader's zone on hover; or that time itself. */
export function When({ at, as = 'ago' }: { at: string; as?: 'ago' | 'clock' | 'exact' }) {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return <span className="faint">never</span>;
  const text = as === 'ago' ? ago(time) : (as === 'clock' ? clock : exact).format(time);
  return (
    <time dateTime={at} title={`${exact.format(time)} (${at})`} style={{ whiteSpace: 'nowrap' }}>
      {text}
    </time>
  );
}

function ago(time: Date): string {
  const seconds = (time.getTime() - Date.now()) / 1_000;
  const [size, unit] = STEPS.find(([step]) => Math.abs(seconds) >= step) ?? [1, 'second'];
  return relative.format(Math.round(seconds / size), unit);
}
