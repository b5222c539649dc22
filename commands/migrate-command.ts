import type { Command } from 'commander';

/** Adds `migrate`. What it does is loaded when it runs. */
export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('bring the store up to date without starting')
    .option('--data <dir>', 'folder for everything that is stored (SPANWARDEN_DATA, ./data)')
    .option('--config <file>', 'YAML file with settings')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { migrate } = await import('./migrate.ts');
      await migrate(options);
    });
}
