import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { atRestKeys } from '../../engine/at-rest-keys.ts';
import { connect } from '../../engine/clickhouse/connect.ts';
import { diskMetric } from '../../engine/clickhouse/disk-metric.ts';
import { migrateAll } from '../../engine/clickhouse/migrate-all.ts';
import type { Store } from '../../engine/clickhouse/store.ts';
import { isLoopback } from '../../engine/config/is-loopback.ts';
import { providerSettings } from '../../engine/config/provider-settings.ts';
import type { Config } from '../../engine/config/settings-schema.ts';
import { type Clock, systemClock as clock } from '../../engine/core/clock.ts';
import { type KeyFor, masterKey } from '../../engine/master-key.ts';
import { createModelSettingsBook, type ModelSettingsBook } from '../../engine/model-settings-book.ts';
import { createOrgRuleBook, type OrgRuleBook } from '../../engine/org-rule-book.ts';
import { createRedactionSettingsBook, type RedactionSettingsBook } from '../../engine/redaction-settings-book.ts';
import { runRuleBook } from '../../engine/run-rule-book.ts';
import { storeTarget } from '../../engine/store-target.ts';
import { type TlsFiles, tlsFiles } from '../../engine/tls-files.ts';
import { watchProcess } from './watch-process.ts';

/** What every role stands on. */
export interface Foundation {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Registry;
  readonly tls: TlsFiles | undefined;
  /** The rules of the files. */
  readonly ruleBook: Awaited<ReturnType<typeof runRuleBook>>;
  readonly store: Store;
  readonly keyFor: KeyFor;
  readonly redaction: RedactionSettingsBook;
  readonly models: ModelSettingsBook;
  /** Those, with what each org changed of them. */
  readonly orgRules: OrgRuleBook;
  /** There are keys at rest: what is stored is encrypted. */
  readonly sealed: boolean;
  /** Only this machine reaches the listeners. */
  readonly loopback: boolean;
}

const BUILT_IN_RULES = new URL('../../rules', import.meta.url).pathname;

/**
 * Reads keys, certificates and rule files, opens the store and brings it up to date. `parts` hears how each is stopped. Throws
 * CONFIG_INVALID, what the store throws, and the reason of `stopping`.
 */
export async function openFoundation(
  config: Config,
  parts: AsyncDisposableStack,
  stopping: AbortSignal,
): Promise<Foundation> {
  const atRest = atRestKeys(config);
  const tls = tlsFiles(config);
  const { log, metrics } = watchProcess(config);
  const ruleBook = await runRuleBook({ folders: [BUILT_IN_RULES, ...config.rules], log, metrics });
  parts.defer(ruleBook.stop);
  stopping.throwIfAborted();
  const store = await connect({ ...storeTarget(config), report: (message) => log.error(message) });
  parts.defer(store.close);
  diskMetric(metrics, store);
  stopping.throwIfAborted();
  await migrateAll(store);
  const keyFor = masterKey(config.data, config.master_key, atRest);
  return {
    config,
    clock,
    log,
    metrics,
    tls,
    ruleBook,
    store,
    keyFor,
    redaction: createRedactionSettingsBook(store, clock, keyFor),
    models: createModelSettingsBook({
      store,
      clock,
      keyFor,
      server: providerSettings(config),
      prices: {
        inputUsdPerMillion: config.llm_input_usd_per_million,
        outputUsdPerMillion: config.llm_output_usd_per_million,
      },
    }),
    orgRules: createOrgRuleBook({ store, clock, fromFiles: ruleBook.rules }),
    sealed: atRest.length > 0,
    // Only what no other machine can reach may be open: a proxy in front brings everybody to loopback.
    loopback: isLoopback(config.host) && !config.behind_tls_proxy,
  };
}
