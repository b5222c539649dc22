import { type Command, Option } from 'commander';
import type { ServiceOptions } from './service/service-options.ts';

/** Adds the commands that stay until they are told to stop: `start`, and one for each role in a process of its own. */
export function addServiceCommands(program: Command): void {
  const service = (name: string, description: string, dataFolder: string) =>
    program
      .command(name)
      .description(description)
      .option('--data <dir>', `${dataFolder} (SPANWARDEN_DATA, ./data)`)
      .option('--config <file>', 'YAML file with settings')
      .option('--behind-tls-proxy', 'a proxy in front ends TLS');

  service(
    'start',
    'everything in one process: receiver, store, rules, alerts, API',
    'folder for everything that is stored',
  )
    .option('--demo', 'send bundled sample sessions through the OTLP port and print the alerts they raise')
    .action((options: ServiceOptions) => serve(options));
  service('ingest', 'one role: the receiver, and behind Kafka the workers that store', 'folder with the master key')
    .addOption(new Option('--only <end>', 'of Kafka mode: only receive, or only work').choices(['receive', 'work']))
    .option('--forward <url>', 'be a gateway: redact, and forward to the OTLP/HTTP address of a central Spanwarden')
    .option('--token <token>', "with --forward: the gateway's token there (SPANWARDEN_FORWARD_TOKEN)")
    .action((options: ServiceOptions) => serve({ ...options, role: 'ingest' }));
  service('engine', 'one role: rules, alerts and deliveries', 'folder with the master key').action(
    (options: ServiceOptions) => serve({ ...options, role: 'engine' }),
  );
  service('dashboards', 'one role: the API and the web pages', 'folder with the master key').action(
    (options: ServiceOptions) => serve({ ...options, role: 'dashboards' }),
  );
}

async function serve(options: ServiceOptions): Promise<void> {
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
