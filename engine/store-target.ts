import { readFileSync } from 'node:fs';
import { type AtRestSettings, atRestKeys } from './at-rest-keys.ts';
import type { StoreTarget } from './clickhouse/connect.ts';
import { CodedError } from './core/errors.ts';

export interface StoreSettings extends AtRestSettings {
  readonly data: string;
  readonly clickhouse_url?: string | undefined;
  readonly clickhouse_cluster?: string | undefined;
  readonly clickhouse_ca?: string | undefined;
  readonly clickhouse_cert?: string | undefined;
  readonly clickhouse_key?: string | undefined;
}

/** The store that the settings name, with keys and certificates read. Throws CONFIG_INVALID. */
export function storeTarget(settings: StoreSettings): StoreTarget {
  const { data, clickhouse_url: url, clickhouse_ca: ca, clickhouse_cert: cert, clickhouse_key: key } = settings;
  if ((cert === undefined) !== (key === undefined) || (cert !== undefined && ca === undefined))
    throw new CodedError('CONFIG_INVALID', 'clickhouse_cert and clickhouse_key go together, and with clickhouse_ca');
  const read = (setting: string, file: string) => {
    try {
      return readFileSync(file);
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code;
      throw new CodedError('CONFIG_INVALID', `${setting} ${file} can't be read (${reason})`, { cause });
    }
  };
  const tls =
    ca === undefined
      ? undefined
      : {
          ca_cert: read('clickhouse_ca', ca),
          ...(cert !== undefined &&
            key !== undefined && { cert: read('clickhouse_cert', cert), key: read('clickhouse_key', key) }),
        };
  if (settings.clickhouse_cluster !== undefined && url === undefined)
    throw new CodedError('CONFIG_INVALID', 'clickhouse_cluster is one of a server: set clickhouse_url too');
  return {
    url,
    cluster: settings.clickhouse_cluster,
    dataFolder: data,
    atRestKeys: atRestKeys(settings),
    ...(tls && { tls }),
  };
}
