import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEAST_FREE_BYTES } from './disk-guard.ts';

/** A start sets broken parts aside, at most a hundred, however large a merge is that did not end; the engine's own limit is 1 GiB. */
const MOST_BROKEN_BYTES = 1024 ** 5;

/**
 * Configuration of the embedded engine. The grants leave out every source that reads outside the database (FILE, URL, REMOTE,
 * S3, ...), so table functions and engines that reach out are refused for all connections, ours and the analysts'.
 *
 * Adaptive write buffers: a merge of spans writes some 230 streams, and with the two full buffers that each gets otherwise (1 MiB, however
 * little a column holds) one merge takes 460 MB.
 *
 * There is no limit for the engine as a whole: what it counts as its memory drifts away from what it has, for results are freed on
 * other threads than they were made on, and in the end it would refuse every insert. Queries have limits of their own.
 */
export function writeEmbeddedConfig(dataFolder: string, storageXml = ''): string {
  const folder = join(dataFolder, 'engine');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const users = join(folder, 'users.xml');
  const config = join(folder, 'config.xml');
  writeFileSync(users, USERS, { mode: 0o600 });
  writeFileSync(
    config,
    `<clickhouse>
  <users_config>${escapeXml(users)}</users_config>
  <timezone>UTC</timezone>
  <mark_cache_size>67108864</mark_cache_size>
  <index_mark_cache_size>33554432</index_mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <background_pool_size>2</background_pool_size>
  <merge_tree>
    <min_free_disk_bytes_to_perform_insert>${LEAST_FREE_BYTES}</min_free_disk_bytes_to_perform_insert>
    <max_suspicious_broken_parts_bytes>${MOST_BROKEN_BYTES}</max_suspicious_broken_parts_bytes>
    <min_columns_to_activate_adaptive_write_buffer>1</min_columns_to_activate_adaptive_write_buffer>
  </merge_tree>
${storageXml}</clickhouse>
`,
    { mode: 0o600 },
  );
  return config;
}

const USERS = `<clickhouse>
  <profiles>
    <default>
      <output_format_json_quote_64bit_integers>1</output_format_json_quote_64bit_integers>
    </default>
  </profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password/>
      <profile>default</profile>
      <quota>default</quota>
      <networks><ip>::1</ip><ip>127.0.0.1</ip></networks>
      <grants>
        <query>GRANT SELECT, INSERT, ALTER, CREATE, DROP, TRUNCATE, OPTIMIZE, SHOW, KILL QUERY, SYSTEM, dictGet ON *.*</query>
      </grants>
    </default>
  </users>
</clickhouse>
`;

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
