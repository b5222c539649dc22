import type { Command } from 'commander';
import { DEFAULT_ORG } from '../engine/core/org.ts';

/** Adds `redact`. What it does is loaded when it runs. */
export function addRedactCommand(program: Command): void {
  program
    .command('redact')
    .description('standard input to standard output, with typed tokens for secrets and personal data')
    .option('--json', 'NDJSON {"text"} to NDJSON {"text", "findings"}, a line at a time')
    .option('--explain', 'say instead which rule and reading took what, a line each, without the value')
    .option('--org <slug>', 'the org whose tokens these are', DEFAULT_ORG)
    .option('--data <dir>', 'data folder with the master key (SPANWARDEN_DATA, ./data)')
    .option('--config <file>', 'YAML file with settings')
    .addHelpText(
      'after',
      `
A value's token is the one it has in the org's stored spans, made under SPANWARDEN_MASTER_KEY or <data>/master.key.
Where neither is, the key is a random one: the same value then has the same token within this run only.`,
    )
    .action(async (options) => {
      const { redact } = await import('./redact.ts');
      await redact(options);
    });
}
