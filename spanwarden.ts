#!/usr/bin/env node
import { Command } from 'commander';
import { addAgentCommands } from './agent/agent-commands.ts';
import { addConfigCommand } from './commands/config-command.ts';
import { addMigrateCommand } from './commands/migrate-command.ts';
import { addRedactCommand } from './commands/redact-command.ts';
import { addReplayCommand } from './commands/replay-command.ts';
import { reportFailure } from './commands/report-failure.ts';
import { addServiceCommands } from './commands/service-commands.ts';
import { addClientCommands } from './dashboards/client/client-commands.ts';
import { addRuleCommands } from './engine/rule-commands/rule-commands.ts';
import packageJson from './package.json' with { type: 'json' };

/*
 * The front door: the command line. Each command loads the rooms it needs when it runs.
 * Exit codes: 0 done, 1 the work found failures, 2 wrong usage or configuration.
 */

// The embedded engine runs statements on libuv's threads: with the four there are by default, slow queries would hold up inserts.
process.env['UV_THREADPOOL_SIZE'] ??= '16';

const program = new Command('spanwarden')
  .description('Detection and analytics for the security signals in AI-agent traces')
  .version(packageJson.version)
  .exitOverride()
  .hook('preAction', (_program, command) => {
    // A reader that has seen enough (`| head`) ends a command; a server goes on without it.
    process.stdout.on('error', () => command.name() !== 'start' && process.exit());
  });

addServiceCommands(program);
addMigrateCommand(program);
addReplayCommand(program);
addRedactCommand(program);
const rules = addRuleCommands(program, {
  builtIn: new URL('./rules', import.meta.url).pathname,
  bench: async (store, org) => (await import('./ingest/rule-test-bench.ts')).ruleTestBench(store, org),
});
addClientCommands(program, {
  rules,
  readSettings: async ({ config, ...overrides }) => {
    const { readSettings } = await import('./engine/config/read-settings.ts');
    return readSettings({ env: process.env, file: config, overrides });
  },
  progress: async (label, unit) => (await import('./ingest/progress-bar.ts')).progressBar(label, unit, process.stderr),
});
addAgentCommands(program);
addConfigCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
