import { type Command, Option } from 'commander';
import type { ServiceOptions } from './service/service-options.ts';
import { startAgainSmaller } from './service/start-again-smaller.ts';

/** Adds the commands that stay until they are told to stop: `start`, and one for each role in a process of its own. */
export function addServiceCommands(program: Command): void {
  const command = (name: string, description: string) => program.command(name).description(description);

  withSettings(
    command('start', 'everything in one process: receiver, store, rules, alerts, API').option(
      '--demo',
      'send bundled sample sessions through the OTLP port and print the alerts they raise',
    ),
    'folder for everything that is stored',
  ).action((options: ServiceOptions) => serve(options));
  withSettings(command('ingest', 'one role: the receiver, and behind Kafka the workers that store'), KEY_FOLDER)
    .addOption(new Option('--only <end>', 'of Kafka mode: only receive, or only work').choices(['receive', 'work']))
    .option('--forward <url>', 'be a gateway: redact, and forward to the OTLP/HTTP address of a central Spanwarden')
    .option('--token <token>', "with --forward: the gateway's token there (SPANWARDEN_FORWARD_TOKEN)")
    .action((options: ServiceOptions) => serve({ ...options, role: 'ingest' }));
  withSettings(command('engine', 'one role: rules, alerts and deliveries'), KEY_FOLDER).action(
    (options: ServiceOptions) => serve({ ...options, role: 'engine' }),
  );
  withSettings(command('dashboards', 'one role: the API and the web pages'), KEY_FOLDER).action(
    (options: ServiceOptions) => serve({ ...options, role: 'dashboards' }),
  );
}

const KEY_FOLDER = 'folder with the master key';

function withSettings(command: Command, dataFolder: string): Command {
  return command
    .option('--data <dir>', `${dataFolder} (SPANWARDEN_DATA, ./data)`)
    .option('--config <file>', 'YAML file with settings')
    .option('--behind-tls-proxy', 'a proxy in front ends TLS');
}

async function serve(options: ServiceOptions): Promise<void> {
  startAgainSmaller();
  const { runService } = await import('../engine/run-service.ts');
  const withParent = process.env['npm_command'] === 'exec';
  await runService(
    async (parts, stopping) => {
      const { startService } = await import('./service/start-service.ts');
      await startService(options, parts, stopping);
    },
    { withParent },
  );
  process.exit();
}
