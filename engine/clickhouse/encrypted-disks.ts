import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../core/errors.ts';
import type { Store } from './store.ts';
import { waitForFiles } from './wait-for-files.ts';

/** Folder of all that is encrypted, in the data folder. */
const FOLDER = 'encrypted';

/** Where the embedded engine keeps its tables: a disk for each key, the current one first. Without keys the engine's own folder. */
export interface EncryptedDisks {
  /** Name of the disk that is written to; undefined without keys. */
  readonly current: string | undefined;
  /** Something lies elsewhere. */
  readonly toMove: boolean;
  /** For the engine's configuration file. It names the keys as environment variables, so that they are on no disk. */
  readonly xml: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A disk of its own for each key, so that changing the key and beginning to encrypt are one thing: what lies on another disk than the
 * first is moved there. Throws CONFIG_INVALID when the folder holds data under a key that was not given.
 */
export function encryptedDisks(dataFolder: string, keys: readonly string[]): EncryptedDisks {
  const root = join(dataFolder, FOLDER);
  const disks = keys.map((key) => ({ key, name: diskName(key) }));
  const missing = existsSync(root) ? readdirSync(root).filter((name) => !disks.some((disk) => disk.name === name)) : [];
  const locked = missing.filter((name) => holdsParts(join(root, name)));
  if (locked.length > 0)
    throw new CodedError(
      'CONFIG_INVALID',
      `${dataFolder} holds data encrypted under ${locked.join(', ')}: name that key too with at_rest_key_file or at_rest_key_command`,
    );
  if (disks.length === 0) return { current: undefined, toMove: false, xml: '', env: {} };
  mkdirSync(root, { recursive: true, mode: 0o700 });
  const definitions = disks.map(
    ({ name }) =>
      `<${name}><type>encrypted</type><disk>sealed</disk><path>${name}/</path><algorithm>AES_256_CTR</algorithm><key_hex from_env="${name}"/></${name}>`,
  );
  // A disk that runs full must never make the engine go on elsewhere, so nothing moves by itself.
  const volumes = [...disks.map(({ name }) => name), 'default'].map(
    (name) => `<on_${name}><disk>${name}</disk></on_${name}>`,
  );
  const xml = `  <storage_configuration>
    <disks>
      <sealed><type>local</type><path>${escapeXml(`${root}/`)}</path></sealed>
      ${definitions.join('\n      ')}
    </disks>
    <policies>
      <default><volumes>${volumes.join('')}</volumes><move_factor>0</move_factor></default>
      <temporary><volumes><main><disk>${disks[0]!.name}</disk></main></volumes></temporary>
    </policies>
  </storage_configuration>
  <tmp_policy>temporary</tmp_policy>
`;
  const others = [join(dataFolder, 'clickhouse/store'), ...disks.slice(1).map(({ name }) => join(root, name))];
  return {
    current: disks[0]!.name,
    toMove: others.some(holdsParts),
    xml,
    env: Object.fromEntries(disks.map(({ name, key }) => [name, key])),
  };
}

/** Brings everything stored to the disk of the current key: what was stored in the clear, and under former keys. Nothing is left behind. */
export async function moveToDisk(store: Store, disk: string): Promise<void> {
  const tables = await store.query<{ database: string; table: string }>(
    `SELECT database, name AS table FROM system.tables WHERE engine LIKE '%MergeTree' AND database NOT IN ${NOT_OURS}`,
  );
  // Parts that others took the place of are looked at in the background.
  for (const { database, table } of tables) await store.command(`SYSTEM WAIT LOADING PARTS ${database}.${table}`);
  const partitions = await store.query<{ database: string; table: string; partition_id: string }>(
    `SELECT DISTINCT database, table, partition_id FROM system.parts
     WHERE active AND disk_name != {disk: String} AND database NOT IN ${NOT_OURS}`,
    { disk },
  );
  for (const { database, table, partition_id } of partitions)
    await store.command(
      // The syntax takes no parameter for the disk; its name is made here.
      `ALTER TABLE {database: Identifier}.{table: Identifier} MOVE PARTITION ID {partition_id: String} TO DISK '${disk}'`,
      { database, table, partition_id },
    );
  const former = await store.query<{ database: string; table: string }>(
    `SELECT DISTINCT database, table FROM system.parts
     WHERE NOT active AND disk_name != {disk: String} AND database NOT IN ${NOT_OURS}`,
    { disk },
  );
  for (const { database, table } of former) {
    await store.command(`ALTER TABLE ${database}.${table} MODIFY SETTING old_parts_lifetime = 0`);
    await waitForFiles(store, database, table);
    await store.command(`ALTER TABLE ${database}.${table} RESET SETTING old_parts_lifetime`);
  }
}

const NOT_OURS = "('system', 'INFORMATION_SCHEMA', 'information_schema')";

/** Tells a key without telling it. */
function diskName(key: string): string {
  return `key_${createHash('sha256').update(`spanwarden at rest ${key}`).digest('hex').slice(0, 16)}`;
}

/** Parts are folders with a file of checksums; what a table leaves behind on a disk it no longer uses has none. */
function holdsParts(folder: string): boolean {
  return (
    existsSync(folder) &&
    readdirSync(folder, { recursive: true }).some((path) => String(path).endsWith('checksums.txt'))
  );
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
