import type { Command } from 'commander';
import { type FindServer, withServer } from './server-command.ts';
import { wholeNumber } from './whole-number.ts';

/** Adds `orgs`, `tokens` and `users`: who is let in, and where. */
export function addAccessCommands(program: Command, server: FindServer): void {
  const orgs = program.command('orgs').description('tenants: each has a database of its own');
  withServer(orgs.command('list'))
    .description('every org')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { listOrgs } = await import('./orgs.ts');
      await listOrgs(await server(options), options);
    });
  withServer(orgs.command('create'))
    .description('makes an org')
    .argument('<slug>', '1 to 40 of a-z, 0-9 and _, starting with a letter')
    .requiredOption('--name <name>', 'as people call it')
    .option('--json', 'machine-readable')
    .action(async (slug: string, options) => {
      const { createOrg } = await import('./orgs.ts');
      await createOrg(await server(options), slug, options);
    });

  const tokens = program.command('tokens').description('what senders, analysts and administrators show to be let in');
  withServer(tokens.command('list'))
    .description('every token, without its secret')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { listTokens } = await import('./tokens.ts');
      await listTokens(await server(options), options);
    });
  withServer(tokens.command('create'))
    .description('makes a token and prints its secret, this once')
    .option('--org <slug>', "the token's org; your own when left out")
    .requiredOption('--role <role>', 'admin, security, analyst, manager, developer or ingest')
    .requiredOption('--name <name>', 'what it is for')
    .option('--expires-in-days <days>', "a year when left out, for ever for a sender's", wholeNumber)
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { createToken } = await import('./tokens.ts');
      const { org, role, name, expiresInDays, json } = options;
      await createToken(await server(options), { org, role, name, expires_in_days: expiresInDays, json });
    });
  withServer(tokens.command('revoke'))
    .description('ends a token at once')
    .argument('<id>', 'as "tokens list" shows it')
    .option('--json', 'machine-readable')
    .action(async (id: string, options) => {
      const { revokeToken } = await import('./tokens.ts');
      await revokeToken(await server(options), id, options);
    });

  addUserCommands(program, server);
}

function addUserCommands(program: Command, server: FindServer): void {
  const users = program.command('users').description('people who sign in, and what they may');
  withServer(users.command('list'))
    .description('everybody')
    .option('--json', 'machine-readable')
    .action(async (options) => {
      const { listUsers } = await import('./users.ts');
      await listUsers(await server(options), options);
    });
  withServer(users.command('add'))
    .description('makes an account and prints its password, this once')
    .argument('<email>', 'to sign in with; spans with it as user id are theirs')
    .requiredOption('--role <role>', 'admin, security, analyst, manager or developer')
    .option('--org <slug>', 'your own when left out')
    .option('--name <name>', 'as people call them')
    .option('--user-id <id...>', 'what their spans carry as user id, beside the address')
    .option('--sso', 'without a password: single sign-on alone')
    .option('--json', 'machine-readable')
    .action(async (email: string, options) => {
      const { addUser } = await import('./users.ts');
      const { org, role, name, userId, sso, json } = options;
      await addUser(await server(options), email, { org, role, name, userId, sso, json });
    });
  const onUser = (name: string, description: string) =>
    withServer(users.command(name))
      .description(description)
      .argument('<email>', 'as "users list" shows it')
      .option('--org <slug>', 'where several orgs have the address')
      .option('--json', 'machine-readable');
  onUser('disable', 'keeps somebody out, from now on').action(async (email: string, options) => {
    const { changeUser } = await import('./users.ts');
    await changeUser(await server(options), email, { disabled: true }, options);
  });
  onUser('enable', 'lets them in again').action(async (email: string, options) => {
    const { changeUser } = await import('./users.ts');
    await changeUser(await server(options), email, { disabled: false }, options);
  });
  onUser('set-role', 'gives another role; their sessions end')
    .argument('<role>', 'admin, security, analyst, manager or developer')
    .action(async (email: string, role: string, options) => {
      const { changeUser } = await import('./users.ts');
      await changeUser(await server(options), email, { role }, options);
    });
  onUser('reset-password', 'makes a new password and prints it, this once').action(async (email: string, options) => {
    const { resetPassword } = await import('./users.ts');
    await resetPassword(await server(options), email, options);
  });
}
