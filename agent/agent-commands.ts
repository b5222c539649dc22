import type { Command } from 'commander';

/** Adds the commands of the client, as the server's command line shows them. What they do is loaded when one runs. */
export function addAgentCommands(program: Command): void {
  const agent = program.command('agent').description("the client on a developer's machine: hooks of AI coding tools");
  agent
    .command('hook')
    .description('records one event of a coding tool from standard input, and lets the tool go on')
    .argument('<tool>', 'claude-code, cursor, codex, gemini-cli or copilot-cli')
    .argument('[event]', 'its event, where the payload does not say')
    .action(run);
  agent
    .command('forward')
    .description('sends what hooks recorded, and pulls the policy; runs until it is stopped')
    .option('--once', 'one round')
    .action(run);
  agent
    .command('policy')
    .description('the policy that the next event meets, and where it comes from')
    .option('--json', 'machine-readable')
    .action(run);
  addInstallationCommands(agent);
  agent.command('resident', { hidden: true }).action(run);
}

function addInstallationCommands(agent: Command): void {
  const command = (name: string, description: string) =>
    agent
      .command(name)
      .description(description)
      .option('--user', 'for this user')
      .option('--system', 'for everyone on the machine; the default of root')
      .option('--root <dir>', 'in an image of a machine instead of on this one')
      .action(run);
  command('install', 'writes hooks into the settings of coding tools, and the service')
    .option('--tool <name>', 'claude-code, cursor, codex, gemini-cli, copilot-cli or all; those that are found')
    .option('--endpoint <url>', 'where spans go')
    .option('--policy-url <url>', 'where the policy comes from')
    .option('--token-file <file>', 'the ingest token; - is standard input')
    .option('--no-service', 'without the service that sends')
    .option('--dry-run', 'only show what would change');
  command('uninstall', 'takes all of it away again')
    .option('--keep-data', 'leave settings, credential and queue')
    .option('--dry-run', 'only show what would change');
  command('status', 'tools, hooks, policy, queue, last export').option('--json', 'machine-readable');
  command('doctor', 'checks everything and says how to mend it').option('--json', 'machine-readable');
}

/** The client reads its own words, as its bundle does, which is started without the front door. */
async function run(): Promise<void> {
  const { runAgentCommand } = await import('./run-agent-command.ts');
  const [, file = '', ...words] = process.argv;
  await runAgentCommand(words.slice(1), [file, 'agent']);
}
