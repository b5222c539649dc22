import type { Command } from 'commander';
import type { ShowProgress } from './progress.ts';
import { type FindServer, withServer } from './server-command.ts';
import { wholeNumber } from './whole-number.ts';

/** Adds `summaries`. */
export function addSummaryCommands(program: Command, server: FindServer, progress: ShowProgress): void {
  const summaries = program.command('summaries').description('what sessions were about');
  withServer(summaries.command('run'))
    .description('summarises sessions now; what has its summary is left alone')
    .option(
      '--since <time>',
      'sessions with spans received since then: a time, a day, or a stretch back such as 7d',
      '24h',
    )
    .option('--session <id...>', 'these alone')
    .option('--force', 'also those whose summary is up to date')
    .option('--model <name>', 'another model than the configured one')
    .option('--json', 'machine-readable')
    .action(async ({ since, session, force, model, json, ...options }) => {
      const { runSummaries } = await import('./summaries.ts');
      const bar = await progress('summaries', 'sessions');
      await runSummaries(await server(options), { since, session, force, model, json, show: bar.show }).finally(
        bar.stop,
      );
    });
  withServer(summaries.command('show'))
    .description("a session's summary")
    .argument('<session>', 'its id')
    .option('--json', 'machine-readable')
    .action(async (id: string, options) => {
      const { showSummary } = await import('./summaries.ts');
      await showSummary(await server(options), id, options);
    });
  withServer(summaries.command('eval'))
    .description('compares two models or prompts on stored sessions and says how far they agree')
    .requiredOption(
      '--a <side>',
      'MODEL, MODEL@FILE or @FILE with instructions; - is the configured model, extractive none',
    )
    .requiredOption('--b <side>', 'the same')
    .option('--since <time>', 'sessions with spans received since then', '7d')
    .option('--sessions <number>', 'the latest so many', wholeNumber, 20)
    .option('--json', 'machine-readable')
    .action(async ({ a, b, since, sessions: limit, json, ...options }) => {
      const { compareSummaries } = await import('./summaries.ts');
      const bar = await progress('eval', 'sessions');
      await compareSummaries(await server(options), { a, b, since, limit, json, show: bar.show }).finally(bar.stop);
    });
}
