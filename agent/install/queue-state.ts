import { LAST_SENT } from '../forwarder/forward-spool.ts';
import { openSpool, type SpoolBounds } from '../spool/open-spool.ts';

/** What a user's queue holds, and what became of what went through it. */
export interface QueueState {
  readonly waiting: number;
  readonly bytes: number;
  /** Of the oldest that waits, in milliseconds; 0 where nothing does. */
  readonly oldestMs: number;
  readonly recorded: number;
  readonly sent: number;
  readonly dropped: number;
  readonly refused: number;
  /** RFC 3339; '' before the first. */
  readonly lastSent: string;
}

export function queueState(folder: string, bounds: SpoolBounds, nowMs: number): QueueState {
  const spool = openSpool(folder, bounds);
  try {
    const { waiting, oldest } = spool.database
      .prepare('SELECT count(*) AS waiting, min(written_ms) AS oldest FROM spans')
      .get() as { waiting: number; oldest: number | null };
    return {
      waiting,
      bytes: spool.count('bytes'),
      oldestMs: oldest === null ? 0 : Math.max(0, nowMs - oldest),
      recorded: spool.count('recorded'),
      sent: spool.count('sent'),
      dropped: spool.count('dropped'),
      refused: spool.count('refused'),
      lastSent: spool.getText(LAST_SENT) ?? '',
    };
  } finally {
    spool.close();
  }
}
