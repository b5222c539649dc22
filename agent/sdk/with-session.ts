import { inScope } from './process-state.ts';

/**
 * Runs `work`: every span started in it, and in whatever it awaits or schedules, belongs to this session unless it names another
 * of its own. Sessions that run at the same time do not mix; an inner one replaces the outer.
 */
export function withSession<T>(id: string, work: () => T): T {
  return inScope({ sessionId: id }, work);
}
