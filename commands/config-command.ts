import type { Command } from 'commander';
import { printLine } from './print-line.ts';

/** Adds `config schema`. */
export function addConfigCommand(program: Command): void {
  program
    .command('config')
    .description('settings')
    .command('schema')
    .description('JSON Schema of the config file, for editors')
    .action(async () => {
      const { configJsonSchema } = await import('../engine/config/settings-schema.ts');
      printLine(JSON.stringify(configJsonSchema(), null, 2));
    });
}
