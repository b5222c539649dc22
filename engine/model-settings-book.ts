import { createSeal, type Seal } from './alerts/seal.ts';
import type { Store } from './clickhouse/store.ts';
import { findModelSettings, insertModelSettings } from './clickhouse/tables/model-settings.ts';
import type { Clock } from './core/clock.ts';
import { CodedError } from './core/errors.ts';
import type { KeyFor } from './master-key.ts';
import type { OpenModel } from './summaries/open-model.ts';
import { lackOf } from './summaries/providers/lack-of.ts';
import type { ProviderKind, ProviderSettings } from './summaries/providers/model-provider.ts';
import { openProvider } from './summaries/providers/open-provider.ts';
import type { Prices } from './summaries/spend.ts';

/** Providers that an org may bring a key for. Their addresses are fixed by names: nobody can point them at a network of ours. */
export const OWN_PROVIDERS = ['openai', 'azure-openai', 'bedrock'] as const;

/** What an org enters. */
export interface OwnModel {
  readonly provider: (typeof OWN_PROVIDERS)[number];
  readonly model: string;
  readonly key: string;
  /** Azure's resource, of `https://<resource>.openai.azure.com`. */
  readonly resource: string;
  /** Bedrock's region. */
  readonly region: string;
}

/** What people see of it: never the key. */
export interface ShownModel {
  readonly provider: ProviderKind;
  readonly model: string;
  readonly resource: string;
  readonly region: string;
  /** Whether it is the org's own; else the server's. */
  readonly own: boolean;
  readonly changed_at: string | null;
  readonly changed_by: string | null;
}

export interface ModelSettingsBook {
  show(org: string): Promise<ShownModel>;
  /** Throws BAD_REQUEST naming what is missing. */
  set(org: string, own: OwnModel, actor: string): Promise<ShownModel>;
  /** Back to the server's. */
  remove(org: string, actor: string): Promise<ShownModel>;
  /** Undefined without a model. Throws CONFIG_INVALID under another master key. */
  open(org: string): Promise<OpenModel | undefined>;
}

export interface BookOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly keyFor: KeyFor;
  /** For orgs that brought none. */
  readonly server: ProviderSettings;
  readonly prices: Prices;
}

/** A change made by another process is seen after this time. */
const KNOWN_FOR_MS = 2_000;

/** Which language model each org uses: its own under a key that is stored encrypted, else the server's. */
export function createModelSettingsBook({ store, clock, keyFor, server, prices }: BookOptions): ModelSettingsBook {
  const known = new Map<string, { readonly until: number; readonly opened: Promise<OpenModel | undefined> }>();
  const sealOf = (org: string): Seal => createSeal(keyFor(org, 'models'));

  async function find(org: string) {
    const record = await findModelSettings(store, org);
    return { version: record?.version ?? 0, own: record === undefined || record.deleted ? undefined : record };
  }

  async function show(org: string): Promise<ShownModel> {
    const { own } = await find(org);
    if (own === undefined) {
      const { kind: provider, model, region } = server;
      return { provider, model, region, resource: '', own: false, changed_at: null, changed_by: null };
    }
    return {
      provider: own.provider as ProviderKind,
      model: own.model,
      resource: own.resource,
      region: own.region,
      own: true,
      changed_at: new Date(own.changed_at).toISOString(),
      changed_by: own.changed_by,
    };
  }

  async function change(org: string, own: OwnModel | undefined, actor: string): Promise<ShownModel> {
    const { version } = await find(org);
    const next = version + 1;
    await insertModelSettings(store, {
      org,
      version: next,
      deleted: own === undefined,
      provider: own?.provider ?? '',
      model: own?.model ?? '',
      resource: own?.resource ?? '',
      region: own?.region ?? '',
      sealed_key: own === undefined ? '' : sealOf(org).close(own.key, placeOf(org, own.provider)),
      changed_at: clock(),
      changed_by: actor,
    });
    known.delete(org);
    return show(org);
  }

  async function open(org: string, before: OpenModel | undefined): Promise<OpenModel | undefined> {
    const { version, own } = await find(org);
    const revision = own === undefined ? 'server' : `own ${version}`;
    if (before?.revision === revision) return before;
    const settings =
      own === undefined
        ? server
        : settingsOf({
            provider: own.provider as OwnModel['provider'],
            model: own.model,
            resource: own.resource,
            region: own.region,
            key: sealOf(org).open(own.sealed_key, placeOf(org, own.provider)),
          });
    const provider = await openProvider(settings);
    return provider && { provider, model: settings.model, prices, revision };
  }

  /** The server's own gateway or proxy also stands before an org's key for the same provider. */
  function settingsOf({ provider, model, key, resource, region }: OwnModel): ProviderSettings {
    const named = provider === 'azure-openai' ? `https://${resource}.openai.azure.com` : '';
    const baseUrl = server.kind === provider && server.baseUrl !== '' ? server.baseUrl : named;
    return { kind: provider, model, baseUrl, apiKey: key, region };
  }

  return {
    show,
    set: async (org, own, actor) => {
      if (own.provider === 'azure-openai' && own.resource === '')
        throw new CodedError('BAD_REQUEST', 'azure-openai needs the name of its resource', {
          extra: { field: 'resource' },
        });
      const lack = own.key === '' ? `${own.provider} needs a key` : lackOf(settingsOf(own));
      if (lack !== '') throw new CodedError('BAD_REQUEST', lack);
      return change(org, own, actor);
    },
    remove: (org, actor) => change(org, undefined, actor),
    open: async (org) => {
      const kept = known.get(org);
      if (kept !== undefined && kept.until > clock()) return kept.opened;
      const opened = (kept?.opened ?? Promise.resolve(undefined)).catch(() => undefined).then((one) => open(org, one));
      known.set(org, { until: clock() + KNOWN_FOR_MS, opened });
      // a failure is not remembered
      opened.catch(() => known.delete(org));
      return opened;
    },
  };
}

function placeOf(org: string, provider: string): string {
  return `model/${org}/${provider}`;
}
