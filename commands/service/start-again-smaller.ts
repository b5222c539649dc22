/** Three of them make the young heap that the inspecting threads want (inspect-pool.ts); without a limit the main thread's grows to 130 MB. */
const SEMI_SPACE = '--max-semi-space-size';
const SEMI_SPACE_MB = 16;

/** Heaps between which glibc spreads buffers, eight for each processor when it may choose; what is freed in one serves no other. With two, threads wait for each other. */
const ARENAS = 'MALLOC_ARENA_MAX';
const MOST_ARENAS = '4';

/**
 * Puts a service in its own place once more, with two limits that a process can't set for itself any more once it runs; under load it is then
 * 100 MB smaller. Same process id, same descriptors. What was set already stays as it is. Does not come back when it does.
 */
export function startAgainSmaller(): void {
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  const semiSpace = flags.includes(SEMI_SPACE) ? [] : [`${SEMI_SPACE}=${SEMI_SPACE_MB}`];
  const limited = semiSpace.length === 0 && process.env[ARENAS] !== undefined;
  // A channel to the parent would not survive it.
  if (limited || process.platform !== 'linux' || process.connected) return;
  process.execve!(process.execPath, [process.argv0, ...semiSpace, ...process.execArgv, ...process.argv.slice(1)], {
    [ARENAS]: MOST_ARENAS,
    ...process.env,
  });
}
