import { existsSync } from 'node:fs';
import { Gauge, type Registry } from 'prom-client';
import { CodedError } from './core/errors.ts';
import type { Rule } from './core/rule.ts';
import { openRuleBook } from './detection/rule-book.ts';

interface RuleBookParts {
  readonly folders: readonly string[];
  readonly log: { info(fields: object, message: string): void; error(message: string): void };
  readonly metrics: Registry;
}

/** The rule book of a server: tells the log and a metric what is wrong with rule files, now and whenever they change. */
export async function runRuleBook({ folders, log, metrics }: RuleBookParts) {
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined)
    throw new CodedError('CONFIG_INVALID', `rules: ${missing} does not exist; name rule folders`);
  let hear: (rules: readonly Rule[]) => void = () => {};
  const book = await openRuleBook({
    folders,
    onChange: (rules, problems) => {
      for (const problem of problems) log.error(problem);
      log.info({ rules: rules.length, problems: problems.length }, 'rules were read again');
      hear(rules);
    },
    onError: (error) => log.error(`rule files cannot be watched: ${(error as Error).message}`),
  });
  for (const problem of book.problems()) log.error(problem);
  new Gauge({
    name: 'spanwarden_rule_file_problems',
    help: 'Problems of rule files as they are now; rules that ran before keep running as they were',
    registers: [metrics],
    collect() {
      this.set(book.problems().length);
    },
  });
  return {
    rules: book.rules,
    problems: book.problems,
    stop: book.stop,
    /** Hands the rules over whenever they change. */
    onRules: (use: (rules: readonly Rule[]) => void): void => {
      hear = use;
    },
  };
}
