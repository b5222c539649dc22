import type { Command } from 'commander';
import type { Store } from '../clickhouse/store.ts';
import type { RuleTestBench } from '../detection/run-rule-tests.ts';

export interface RuleCommandParts {
  readonly builtIn: string;
  /** The pipeline in front of an empty org, for tests of rules. */
  readonly bench: (store: Store, org: string) => Promise<RuleTestBench>;
}

/** Adds the commands for work on detections, and answers `rules` for those that need more. What they do is loaded when one runs. */
export function addRuleCommands(program: Command, { builtIn, bench }: RuleCommandParts): Command {
  const rules = program.command('rules').description('work on detections');
  const orBuiltIn = (paths: string[]) => (paths.length > 0 ? paths : [builtIn]);
  const withPaths = (command: Command) =>
    command
      .argument('[path...]', 'rule files or folders; the built-in rules when none is given')
      .option('--json', 'machine-readable');

  withPaths(rules.command('list'))
    .description('every rule with its severity and state')
    .action(async (paths: string[], options) => {
      const { listRules } = await import('./list-rules.ts');
      await listRules(orBuiltIn(paths), options);
    });
  withPaths(rules.command('lint'))
    .description('check metadata, SQL types and tests; exit 1 on any problem')
    .action(async (paths: string[], options) => {
      const { lintRules } = await import('./lint-rules.ts');
      await lintRules(orBuiltIn(paths), builtIn, options);
    });
  withPaths(rules.command('test'))
    .description('run the tests of rules on the real engine; exit 1 on any failure')
    .option('--junit <file>', 'write the results as JUnit XML too')
    .option('--watch', 'stay, and test what changes')
    .action(async (paths: string[], options) => {
      const { testRules } = await import('./test-rules.ts');
      await testRules(orBuiltIn(paths), bench, options);
    });
  withPaths(rules.command('coverage'))
    .description('rules against OWASP LLM Top 10, OWASP Agentic and MITRE ATLAS, with the gaps')
    .action(async (paths: string[], options) => {
      const { showCoverage } = await import('./show-coverage.ts');
      await showCoverage(orBuiltIn(paths), options);
    });
  rules
    .command('new')
    .description('write a rule with tests that fail until they are filled in; asks for what is not given')
    .argument('[id]', "the rule's id: lower-case words joined by hyphens")
    .option('--kind <kind>', 'scheduled, threshold, new_terms, sequence, correlation, summary or detector')
    .option('--name <name>', 'what it finds, in a few words')
    .option('--severity <severity>', 'low, medium, high or critical')
    .option('--entity <entity>', 'session, agent, user, tool, memory or org')
    .option('--dir <folder>', 'where to write it', 'my-rules')
    .action(async (id: string | undefined, options) => {
      const { newRule } = await import('./new-rule.ts');
      await newRule({ id, ...options });
    });
  rules
    .command('import-sigma')
    .description('turn Sigma rules and correlations over span fields into rules; exit 1 when any can not be')
    .argument('<file...>', 'Sigma rules in YAML')
    .requiredOption('--out <dir>', 'folder for the rules')
    .option('--json', 'machine-readable')
    .action(async (files: string[], options) => {
      const { importSigma } = await import('./import-sigma.ts');
      await importSigma(files, options);
    });
  return rules;
}
