import { type Command, InvalidArgumentError, Option } from 'commander';
import { type FindServer, withServer } from './server-command.ts';

/** Adds `sql`. */
export function addSqlCommand(program: Command, server: FindServer): void {
  withServer(program.command('sql'))
    .description("an analyst's query through the API's own guard")
    .argument('<query>', 'SELECT ...; - reads it from standard input')
    .addOption(
      new Option('--format <format>', 'of the result').choices(['table', 'json', 'csv', 'ndjson']).default('table'),
    )
    .option('--param <name=value>', 'value of {name: Type} in the query; may be repeated', parameter, {})
    .action(async (query: string, options) => {
      const { runSql } = await import('./run-sql.ts');
      await runSql(await server(options), { query, ...options });
    });
}

function parameter(text: string, known: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('name=value is wanted');
  return { ...known, [text.slice(0, at)]: text.slice(at + 1) };
}
