import { type Command, InvalidArgumentError } from 'commander';
import { CodedError } from '../engine/core/errors.ts';

interface ReplayOptions {
  readonly to: string;
  readonly token?: string;
  readonly rate?: number;
  readonly archive?: string;
  readonly endpoint?: string;
  readonly region: string;
  readonly deadLetters?: boolean;
  readonly list?: boolean;
  readonly org?: string;
  readonly data?: string;
  readonly config?: string;
}

/** Adds `replay`, of files, of dead letters or of an archive. What it does is loaded when it runs. */
export function addReplayCommand(program: Command): void {
  program
    .command('replay')
    .description('post OTLP/JSON lines to an OTLP endpoint, or send dead letters of Kafka mode to the workers again')
    .argument('[file...]', '.ndjson or .ndjson.gz; - is standard input')
    .option('--archive <place>', "a folder or s3://bucket/prefix: rebuilds an org's database from its archive instead")
    .option('--endpoint <url>', 'of an S3-compatible store')
    .option('--region <region>', 'of the bucket', 'us-east-1')
    .option('--to <url>', 'OTLP endpoint', 'http://127.0.0.1:4318')
    .option('--token <token>', 'ingest token')
    .option('--rate <n>', 'spans a second at most', positiveNumber)
    .option('--dead-letters', 'instead of files: what no worker could store, back to their topic')
    .option('--list', 'with --dead-letters: only say what is there and why')
    .option(
      '--org <slug>',
      'with --archive: the org of it, default when left out; with --dead-letters: only those of this org',
    )
    .option('--data <dir>', 'with --archive: data folder to rebuild in; with --dead-letters: that with the master key')
    .option('--config <file>', 'with --archive or --dead-letters: YAML file with settings')
    .action(replay);
}

async function replay(files: string[], { archive, deadLetters, ...options }: ReplayOptions): Promise<void> {
  if (deadLetters) {
    if (files.length > 0) throw new CodedError('USAGE', 'replay takes files or --dead-letters, not both');
    const { replayLetters } = await import('./replay-letters.ts');
    return replayLetters(options);
  }
  if ((files.length === 0) === (archive === undefined))
    throw new CodedError('USAGE', 'name files to replay, or --archive, or --dead-letters');
  if (archive !== undefined) {
    const { replayArchive } = await import('./replay-archive.ts');
    return replayArchive(archive, options);
  }
  const { replayFiles } = await import('./replay-files.ts');
  return replayFiles(files, options);
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('a number above 0 is wanted');
  return value;
}
