import { guardRuleQuery } from './clickhouse/sql-guard/guard-rule-query.ts';
import { DEFAULT_QUERY_LIMITS } from './clickhouse/sql-guard/query-limits.ts';
import type { Store } from './clickhouse/store.ts';
import { type OrgRuleRevision, readOrgRules } from './clickhouse/tables/org-rules.ts';
import type { Clock } from './core/clock.ts';
import { isCoded } from './core/errors.ts';
import { orgDatabase } from './core/org.ts';
import type { Rule } from './core/rule.ts';
import { timestampText } from './core/timestamp.ts';
import { parseRuleText } from './detection/load-rules.ts';
import { problemsOf } from './detection/rule-source.ts';

/** The rules of one org: those of the files, with what the org changed. */
export interface OrgRules {
  readonly rules: readonly Rule[];
  /** What the org changed, by rule. */
  readonly changed: ReadonlyMap<string, OrgRuleRevision>;
  /** By rule, why the org's own text cannot run; the file's runs in its place, if there is one. */
  readonly problems: ReadonlyMap<string, string>;
}

export interface OrgRuleBook {
  /** Throws what the store throws when nothing is known of the org yet; what is known is kept otherwise. */
  of(org: string): Promise<OrgRules>;
  /** After a change in this process. */
  forget(org: string): void;
}

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  /** The rules of the files as they are now. */
  readonly fromFiles: () => readonly Rule[];
}

/** A change made by another process is seen after this time, milliseconds. */
const KNOWN_FOR_MS = 10_000;

type Prepared = { readonly rule: Rule } | { readonly problem: string };

/**
 * An org's own rules live in its store. Their queries pass the guard of analysts' SQL when they are saved and, for a store may be
 * older than the guard, once more before a process runs them first.
 */
export function createOrgRuleBook({ store, clock, fromFiles }: Parts): OrgRuleBook {
  const known = new Map<string, { readonly until: number; readonly changed: readonly OrgRuleRevision[] }>();
  const prepared = new Map<string, { readonly of: string; readonly ready: Promise<Prepared> }>();
  const merged = new Map<string, { readonly of: readonly unknown[]; readonly rules: OrgRules }>();

  async function changesOf(org: string): Promise<readonly OrgRuleRevision[]> {
    const kept = known.get(org);
    if (kept !== undefined && kept.until > clock()) return kept.changed;
    try {
      const changed = await readOrgRules(store, orgDatabase(org));
      known.set(org, { until: clock() + KNOWN_FOR_MS, changed: same(kept?.changed, changed) });
    } catch (error) {
      if (kept === undefined) throw error;
    }
    return known.get(org)!.changed;
  }

  function prepare(org: string, revision: OrgRuleRevision): Promise<Prepared> {
    const key = `${org} ${revision.rule_id}`;
    const last = prepared.get(key);
    if (last?.of === revision.edited_at) return last.ready;
    const ready = prepareRule(store, org, revision);
    prepared.set(key, { of: revision.edited_at, ready });
    // A store that was away says nothing about the rule.
    ready.catch(() => prepared.delete(key));
    return ready;
  }

  async function merge(org: string, files: readonly Rule[], changed: readonly OrgRuleRevision[]): Promise<OrgRules> {
    const rules = new Map(files.map((rule) => [rule.id, rule]));
    const problems = new Map<string, string>();
    for (const revision of changed) {
      const id = revision.rule_id;
      if (revision.text !== '') {
        const ready = await prepare(org, revision);
        if ('rule' in ready) rules.set(id, ready.rule);
        else problems.set(id, ready.problem);
      }
      const rule = rules.get(id);
      if (rule && revision.enabled !== null)
        rules.set(id, { ...rule, metadata: { ...rule.metadata, enabled: revision.enabled } });
    }
    return { rules: [...rules.values()], problems, changed: new Map(changed.map((one) => [one.rule_id, one])) };
  }

  return {
    async of(org) {
      const changed = await changesOf(org);
      const files = fromFiles();
      const last = merged.get(org);
      if (last && last.of[0] === files && last.of[1] === changed) return last.rules;
      const rules = await merge(org, files, changed);
      merged.set(org, { of: [files, changed], rules });
      return rules;
    },
    forget: (org) => {
      known.delete(org);
    },
  };
}

/** The list of before when nothing changed: what was made of it then still holds. */
function same(before: readonly OrgRuleRevision[] | undefined, now: readonly OrgRuleRevision[]) {
  const unchanged =
    before?.length === now.length &&
    before.every((one, at) => one.rule_id === now[at]!.rule_id && one.edited_at === now[at]!.edited_at);
  return unchanged ? before : now;
}

async function prepareRule(store: Store, org: string, revision: OrgRuleRevision): Promise<Prepared> {
  try {
    const file = `${revision.rule_id}.${revision.format}`;
    return { rule: await guardedRule(store, orgDatabase(org), parseRuleText(revision.rule_id, file, revision.text)) };
  } catch (error) {
    if (isCoded(error, 'RULE_INVALID')) return { problem: problemsOf(error).join('; ') };
    if (isCoded(error) && error.code.startsWith('QUERY_')) return { problem: error.message };
    throw error;
  }
}

/** Whether its author may read content was asked when the rule was saved. */
async function guardedRule(store: Store, database: string, rule: Rule): Promise<Rule> {
  if (rule.kind !== 'sql') return rule;
  const asked = { query: rule.query, database, mayReadContent: true, isStructuralKey: () => true };
  const parameters = { ...rule.metadata.params, from: timestampText(0), to: timestampText(1) };
  return { ...rule, query: await guardRuleQuery(store, { ...asked, parameters }, DEFAULT_QUERY_LIMITS) };
}
