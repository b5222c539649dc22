import { type Logger, pino } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Config } from '../../engine/config/settings-schema.ts';

/** What a service tells of itself: a log on standard error, and metrics, those of the process included. */
export function watchProcess({ log_level: level }: Pick<Config, 'log_level'>): { log: Logger; metrics: Registry } {
  const log = pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  return { log, metrics };
}
