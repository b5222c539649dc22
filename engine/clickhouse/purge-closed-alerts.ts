import type { Store } from './store.ts';

/** Alerts that one mutation removes: it names each of them. */
const AT_ONCE = 1_000;

/**
 * Removes the alerts that were closed and to which nothing has happened since `before` (DateTime64 text, UTC), with their log
 * and their deliveries; the deliveries first, for an alert of the same group that opens later takes the same ids and must be
 * delivered. An open alert stays, however old. Answers how many were removed.
 */
export async function purgeClosedAlerts(store: Store, database: string, before: string): Promise<number> {
  for (let purged = 0; ; ) {
    const alerts = await store.query<{ id: string }>(
      // The view alone would work out the state of every alert there is.
      `SELECT id FROM alerts
       WHERE id IN (SELECT alert_id FROM alert_events WHERE type = 'closed' AND at < {before: DateTime64(6, 'UTC')})
         AND status = 'closed' AND updated_at < {before: DateTime64(6, 'UTC')}
       LIMIT {limit: UInt32}`,
      { before, limit: AT_ONCE },
      { database },
    );
    if (alerts.length === 0) return purged;
    const ids = alerts.map(({ id }) => id);
    for (const table of ['deliveries', 'alert_events']) {
      await store.command(
        `ALTER TABLE ${table} DELETE WHERE alert_id IN {ids: Array(String)}`,
        { ids },
        // Until it is done: what is left would be found again.
        { database, settings: { mutations_sync: 2 } },
      );
    }
    purged += alerts.length;
  }
}
