import { stateFolder } from './state-folder.ts';

const INSTALLATION = new Set(['install', 'uninstall', 'status', 'doctor']);

/**
 * The commands of the client. Each loads what it needs when it runs; the hook needs the least.
 * @param program the file that Node runs, and arguments before a command: how the client starts itself
 */
export async function runAgentCommand(words: readonly string[], program: readonly string[]): Promise<void> {
  const [command, ...rest] = words;
  const state = () => stateFolder(process.env);
  if (command === 'hook') {
    const { runHook } = await import('./run-hook.ts');
    await runHook(rest, state, program);
  } else if (command === 'resident') {
    const { runResident } = await import('./packed.ts');
    await runResident(state(), program[0] ?? '');
  } else if (command === 'forward') {
    const { runForwarder } = await import('./packed.ts');
    await runForwarder(state(), { once: rest.includes('--once') });
  } else if (command === 'policy') {
    const { showPolicy } = await import('./packed.ts');
    showPolicy(state(), { json: rest.includes('--json') });
  } else if (command !== undefined && INSTALLATION.has(command)) {
    const { runInstallCommand } = await import('./packed.ts');
    await runInstallCommand(words, program[0] ?? '');
  } else {
    process.stderr.write(
      'spanwarden agent: hook <tool> [event], forward [--once], policy [--json], install, uninstall, status, doctor\n',
    );
    process.exitCode = 2;
  }
}
