import { type FSWatcher, watch } from 'node:fs';
import type { Rule } from '../core/rule.ts';
import { loadRules, ruleIdOf } from './load-rules.ts';

export interface RuleBook {
  /** The rules that run now. */
  rules(): readonly Rule[];
  /** One line a problem of the files as they are now; their rules run as they were last in order. */
  problems(): readonly string[];
  /** Reads all files again. Resolves when the rules that are in order have taken their places. */
  reload(): Promise<void>;
  stop(): void;
}

export interface RuleBookOptions {
  readonly folders: readonly string[];
  /** Hears of every reload: the rules to run from now on, and what is wrong. */
  readonly onChange: (rules: readonly Rule[], problems: readonly string[]) => void;
  /** Hears that a folder can't be watched: its changes are then seen at the next start. */
  readonly onError: (error: unknown) => void;
}

/** Editors and checkouts write several files, each in several steps. */
const SETTLE_MS = 250;

/**
 * The rules of some folders, read again when their files change. A file that breaks leaves the version that ran before in
 * place; a file that goes takes its rule with it.
 */
export async function openRuleBook({ folders, onChange, onError }: RuleBookOptions): Promise<RuleBook> {
  let current = await loadRules(folders);
  let pending: NodeJS.Timeout | undefined;
  let queue = Promise.resolve();
  const watchers: FSWatcher[] = [];

  async function readAgain(): Promise<void> {
    const loaded = await loadRules(folders);
    const broken = new Set(loaded.broken);
    const loadedIds = new Set(loaded.rules.map((rule) => rule.id));
    const kept = current.rules.filter((rule) => broken.has(rule.file) && !loadedIds.has(rule.id));
    current = { ...loaded, rules: [...loaded.rules, ...kept] };
    const problems = loaded.errors.map((problem) => {
      const runs = kept.some((rule) => problem.startsWith(rule.file));
      return runs ? `${problem} (its version of before keeps running)` : problem;
    });
    current = { ...current, errors: problems };
    onChange(current.rules, problems);
  }

  const reload = (): Promise<void> => {
    queue = queue.then(readAgain).catch(onError);
    return queue;
  };
  const changed = (_event: string, name: string | null) => {
    if (name !== null && !/\.(sql|yaml|ts)$/.test(name) && name.includes('.')) return;
    clearTimeout(pending);
    pending = setTimeout(() => void reload(), SETTLE_MS);
  };
  for (const folder of folders) {
    try {
      watchers.push(watch(folder, { recursive: true, persistent: false }, changed).on('error', onError));
    } catch (error) {
      onError(error);
    }
  }

  return {
    rules: () => current.rules,
    problems: () => current.errors,
    reload,
    stop: () => {
      clearTimeout(pending);
      for (const watcher of watchers) watcher.close();
    },
  };
}

/** The problems of one rule's file. */
export function problemsOfRule(problems: readonly string[], { id }: Pick<Rule, 'id'>): string[] {
  return problems.filter((problem) => ruleIdOf(problem.split(/:\d+: /)[0]!) === id);
}
