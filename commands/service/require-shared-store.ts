import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../engine/config/settings-schema.ts';
import { CodedError } from '../../engine/core/errors.ts';
import type { Role } from './service-options.ts';

/** Roles in processes of their own meet in a ClickHouse server and under one master key. Throws CONFIG_INVALID. */
export function requireSharedStore(
  role: Role | undefined,
  { clickhouse_url, master_key, data }: Pick<Config, 'clickhouse_url' | 'master_key' | 'data'>,
): void {
  if (role === undefined) return;
  if (clickhouse_url === undefined) {
    throw new CodedError(
      'CONFIG_INVALID',
      `${role} shares its store with other processes: set SPANWARDEN_CLICKHOUSE_URL, or run start`,
    );
  }
  if (role !== 'dashboards' && master_key === undefined && !existsSync(join(data, 'master.key'))) {
    throw new CodedError(
      'CONFIG_INVALID',
      `${role} needs the master key that the other roles have: set SPANWARDEN_MASTER_KEY, or --data to the folder in which dashboards made master.key`,
    );
  }
}
