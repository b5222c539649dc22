const three = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat();
const money = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', maximumFractionDigits: 2 });
const smallMoney = new Intl.NumberFormat(undefined, {
  style: 'currency',
  currency: 'USD',
  maximumSignificantDigits: 3,
});

export function grouped(value: number): string {
  return whole.format(value);
}

/** Short from ten thousand on. */
export function figure(value: number): string {
  return Math.abs(value) < 10_000 ? whole.format(value) : compact.format(value);
}

export function dollars(value: number): string {
  return value !== 0 && value < 1 ? smallMoney.format(value) : money.format(value);
}

/** A length of time in the unit that suits it. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1) return `${three.format(milliseconds * 1_000)} µs`;
  if (milliseconds < 1_000) return `${three.format(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${three.format(milliseconds / 1_000)} s`;
  if (milliseconds < 3_600_000)
    return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1_000)} s`;
  return `${three.format(milliseconds / 3_600_000)} h`;
}

/** Change against the period before, in per cent; undefined when there was nothing. */
export function change(now: number, before: number): string | undefined {
  if (before === 0) return undefined;
  const share = (now - before) / before;
  return `${share > 0 ? '+' : share < 0 ? '−' : '±'}${three.format(Math.abs(share * 100))} %`;
}
