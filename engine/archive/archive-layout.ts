const HOUR_MS = 3_600_000;

/** Where an hour of an org lies, in the form that query engines take for partitions. `hour` is in milliseconds since 1970. */
export function hourFolder(org: string, hour: number): string {
  const [date, time] = new Date(hour).toISOString().split('T') as [string, string];
  return `${org}/date=${date}/hour=${time.slice(0, 2)}/`;
}

const FOLDER = /^[a-z][a-z0-9_]{0,39}\/date=(\d{4}-\d\d-\d\d)\/hour=(\d\d)\//;

/** The hour that a key belongs to, milliseconds since 1970; undefined when it is none of ours. */
export function hourOf(key: string): number | undefined {
  const [, date, hour] = FOLDER.exec(key) ?? [];
  const time = Date.parse(`${date}T${hour}:00:00Z`);
  return Number.isNaN(time) ? undefined : time;
}

export const MANIFEST = 'manifest.json';

/** The start of the hour that a moment is in. */
export function startOfHour(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS;
}

export function nextHour(hour: number): number {
  return hour + HOUR_MS;
}
