/** A connection of the embedded engine. */
export interface PartsEngine {
  query<Row>(sql: string): Promise<Row[]>;
  command(sql: string): Promise<void>;
}

export interface ReadPartsAgainOptions {
  /** Tables whose parts did not change since are left alone; milliseconds since 1970. */
  readonly since: number;
  /** Names of tables that are taken off; what an earlier try could not put back is put back too. */
  readonly off: Set<string>;
  /** Inserts whose parts are broken were all refused, so that nobody misses them. */
  readonly refused: boolean;
  readonly report: (message: string) => void;
}

const MERGES_END_LOOKS = 300;
const LOOK_MS = 100;
const OURS = "database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema')";

/**
 * Takes tables off and puts them back: the engine then holds every part against its files, sets broken ones aside and goes back to what
 * they were merged from. Leaves merges stopped. Nothing else may run meanwhile. Can be repeated after a failure.
 */
export async function readPartsAgain(
  engine: PartsEngine,
  { since, off, ...rest }: ReadPartsAgainOptions,
): Promise<void> {
  await engine.command('SYSTEM STOP MERGES');
  await mergesEnd(engine);
  const changed = await engine.query<{ name: string }>(
    `SELECT DISTINCT concat(database, '.', table) AS name FROM system.parts
     WHERE active AND modification_time >= fromUnixTimestamp64Milli(${Math.trunc(since)}) AND ${OURS}`,
  );
  for (const { name } of changed) {
    off.add(name);
    await engine.command(`DETACH TABLE ${name} SYNC`);
  }
  for (const name of off) {
    await engine.command(`ATTACH TABLE IF NOT EXISTS ${name}`);
    off.delete(name);
  }
  await engine.command('SYSTEM STOP MERGES');
  await clearBrokenParts(engine, rest);
}

async function mergesEnd(engine: PartsEngine): Promise<void> {
  for (let looks = 0; looks < MERGES_END_LOOKS; looks++) {
    const [row] = await engine.query<{ merges: string }>('SELECT count() AS merges FROM system.merges');
    if (row?.merges === '0') return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Tells of broken parts that were set aside. Removes those that nothing is missed from; the others are kept for whoever can read them. */
export async function clearBrokenParts(
  engine: PartsEngine,
  { refused, report }: Omit<ReadPartsAgainOptions, 'since' | 'off'>,
): Promise<void> {
  const broken = await engine.query<{ owner: string; part: string; inserted: number; instead: string }>(
    `SELECT concat(b.database, '.', b.table) AS owner, b.name AS part, any(b.min_block_number = b.max_block_number) AS inserted,
         countIf(p.min_block_number >= b.min_block_number AND p.max_block_number <= b.max_block_number) AS instead
     FROM system.detached_parts AS b
     LEFT JOIN (SELECT database, table, partition_id, min_block_number, max_block_number FROM system.parts WHERE active) AS p
         ON p.database = b.database AND p.table = b.table AND p.partition_id = b.partition_id
     WHERE b.reason = 'broken-on-start' GROUP BY owner, part ORDER BY owner, part`,
  );
  for (const { owner, part, inserted, instead } of broken) {
    const restored = Number(instead) > 0;
    if (restored || (refused && inserted === 1)) {
      await engine.command(`ALTER TABLE ${owner} DROP DETACHED PART '${part}' SETTINGS allow_drop_detached = 1`);
      report(
        restored
          ? `${owner}: a part that was half written is removed, what it was merged from is in its place (${part})`
          : `${owner}: half of an insert that was not acknowledged is removed (${part})`,
      );
    } else
      report(
        `${owner}: a part can't be read and nothing is in its place: it lies in the table's folder detached/${part}; if rows are missing, rebuild the org from its archive`,
      );
  }
}
