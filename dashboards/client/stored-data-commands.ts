import { Argument, type Command } from 'commander';
import type { ServerSettings } from './find-server.ts';
import { type FindServer, type ServerOptions, withServer } from './server-command.ts';
import { wholeNumber } from './whole-number.ts';

/** Adds `retention`, `archive`, `erase` and `erasures`: what becomes of what is stored. */
export function addStoredDataCommands(
  program: Command,
  server: FindServer,
  readSettings: (given: ServerOptions) => Promise<ServerSettings>,
): void {
  const retention = program.command('retention').description("for how long an org's data is kept");
  withServer(retention.command('show'))
    .description('days that spans, findings, deliveries and closed alerts are kept')
    .option('--org <slug>', 'your own when left out')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { showRetention } = await import('./retention.ts');
      await showRetention(await server(options), options);
    });
  withServer(retention.command('set'))
    .description('keeps them for so many days from now on; what is older goes')
    .argument('<days>', '30 to 400', wholeNumber)
    .option('--org <slug>', 'your own when left out')
    .option('--json', 'machine-readable')
    .action(async (days: number, options) => {
      const { setRetention } = await import('./retention.ts');
      await setRetention(await server(options), days, options);
    });

  const archive = program.command('archive').description("where an org's events are archived");
  withServer(archive.command('show'))
    .description('the place, and how far it is')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { showArchive } = await import('./archive.ts');
      await showArchive(await server(options), options);
    });
  withServer(archive.command('set'))
    .description('archives there from now on, beginning with all that is stored')
    .addArgument(new Argument('<kind>', 'of place').choices(['off', 'folder', 's3']))
    .option('--bucket <name>', "the org's own")
    .option('--prefix <path>', 'in the bucket, ending with /')
    .option('--region <region>', 'of the bucket; us-east-1 when left out')
    .option('--endpoint <url>', 'of an S3-compatible store')
    .option('--kms-key <id>', 'key under which the store encrypts')
    .option(
      '--access-key-id <id>',
      'its secret comes from SPANWARDEN_ARCHIVE_SECRET; the credentials of the server when left out',
    )
    .option('--json', 'machine-readable')
    .action(async (kind: string, options) => {
      const { setArchive } = await import('./archive.ts');
      const { archive_secret } = await readSettings({ config: options.config });
      await setArchive(await server(options), kind, options, archive_secret);
    });

  withServer(program.command('erase'))
    .description('erases an org, a user, a session or a trace, from the database and the archive')
    .addArgument(new Argument('<kind>', 'of what').choices(['org', 'user', 'session', 'trace']))
    .argument('<id>', 'as spans name it; for an org its slug')
    .option('--wait', 'until it is done')
    .option('--json', 'machine-readable')
    .action(async (kind: string, id: string, options) => {
      const { erase } = await import('./erasures.ts');
      await erase(await server(options), kind, id, options);
    });
  withServer(program.command('erasures'))
    .description('what was asked to be erased, and how far that is')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { listErasures } = await import('./erasures.ts');
      await listErasures(await server(options), options);
    });
}
