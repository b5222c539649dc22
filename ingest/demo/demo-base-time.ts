import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The time that the demo's sessions end at: that of the first demo on this data folder, so that another demo sends the very same
 * spans again, which is a retry and changes nothing. Milliseconds since 1970.
 */
export function demoBaseTime(dataFolder: string, now: number): number {
  const path = join(dataFolder, 'demo.json');
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { base_time: number }).base_time;
  } catch {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    writeFileSync(path, `${JSON.stringify({ base_time: now })}\n`, { mode: 0o600 });
    return now;
  }
}
