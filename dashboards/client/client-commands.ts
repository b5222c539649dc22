import type { Command } from 'commander';
import { addAccessCommands } from './access-commands.ts';
import type { ServerSettings } from './find-server.ts';
import type { ShowProgress } from './progress.ts';
import { type FindServer, type ServerOptions, withServer } from './server-command.ts';
import { addSqlCommand } from './sql-command.ts';
import { addStoredDataCommands } from './stored-data-commands.ts';
import { addSummaryCommands } from './summary-commands.ts';

export interface ClientParts {
  /** The commands for rules, to which those that need a server are added. */
  readonly rules: Command;
  readonly readSettings: (given: ServerOptions) => Promise<ServerSettings>;
  readonly progress: ShowProgress;
}

/** Adds the commands that work through the API of a running server. What they do is loaded when one runs. */
export function addClientCommands(program: Command, { rules, readSettings, progress }: ClientParts): void {
  const server: FindServer = async ({ api, token, data, config }) => {
    const { findServer } = await import('./find-server.ts');
    const { createApiClient } = await import('./api-client.ts');
    return createApiClient(findServer(await readSettings({ api, token, data, config })));
  };
  addSqlCommand(program, server);
  addBacktestCommand(rules, server, progress);
  addSummaryCommands(program, server, progress);
  addAccessCommands(program, server);
  addRouteCommands(program, server);
  addStoredDataCommands(program, server, readSettings);
}

function addBacktestCommand(rules: Command, server: FindServer, progress: ShowProgress): void {
  withServer(rules.command('backtest'))
    .description('what a rule, deployed or not, would have done over stored data')
    .argument('<rule>', 'id of a rule that the server runs, or a .sql or .yaml file')
    .option('--from <time>', 'a time, a day, or a stretch back from now such as 7d', '7d')
    .option('--to <time>', 'the same', 'now')
    .option('--json', 'machine-readable')
    .action(async (rule: string, options) => {
      const { backtestRule } = await import('./backtest-rule.ts');
      const { from, to, json } = options;
      const bar = await progress('backtest', '%');
      const show = (percent: number) => bar.show(percent, 100, '');
      await backtestRule(await server(options), { rule, from, to, json, show }).finally(bar.stop);
    });
}

function addRouteCommands(program: Command, server: FindServer): void {
  const routes = program.command('routes').description('who hears of which alerts');
  withServer(routes.command('test'))
    .description('says where an alert would go, and sends nothing')
    .option('--alert <id>', 'an alert that is there')
    .option('--severity <severity>', 'low, medium, high or critical')
    .option('--rule <id>', 'id of its rule')
    .option('--tag <tag...>', 'its tags')
    .option('--session <id>', 'its session')
    .option('--agent <id>', 'an agent of the session')
    .option('--user <id>', 'a user of the session')
    .option('--at <time>', 'the moment, RFC 3339; now when left out')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { testRoutes } = await import('./routes.ts');
      await testRoutes(await server(options), options);
    });
}
