import type { Command } from 'commander';
import type { ApiClient } from './api-client.ts';

/** What every command that talks to a server takes. */
export interface ServerOptions {
  readonly api?: string | undefined;
  readonly token?: string | undefined;
  readonly data?: string | undefined;
  readonly config?: string | undefined;
}

/** The API of the server that the options name. */
export type FindServer = (options: ServerOptions) => Promise<ApiClient>;

/** Gives a command the options by which its server is found. */
export function withServer(command: Command): Command {
  return command
    .option('--api <url>', 'the server (SPANWARDEN_API, http://127.0.0.1:8080)')
    .option('--token <token>', 'who asks (SPANWARDEN_TOKEN, the admin token in <data>/credentials.json)')
    .option('--data <dir>', 'data folder of the server (SPANWARDEN_DATA, ./data)')
    .option('--config <file>', 'YAML file with settings');
}
