import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAgent } from '../../../agent/build.ts';
import { spoolFolder, stateFolder } from '../../../agent/state-folder.ts';
import { DEFAULT_CLIENT_POLICY } from '../../../engine/core/client-policy.ts';
import { type Measure, measure, median } from '../measure.ts';

const ROUNDS = 40;
const COLD_ROUNDS = 4;

/** Wall time of a hook process against that of a Node process with an empty program, in turns. */
export default async function agentHook(): Promise<Measure[]> {
  const root = mkdtempSync(join(tmpdir(), 'spanwarden-agent-'));
  const state = stateFolder({ SPANWARDEN_AGENT_STATE: root });
  writeFileSync(state.settings, '{"hook_timeout_ms":30000}');
  writeFileSync(state.managedPolicy, JSON.stringify(DEFAULT_CLIENT_POLICY));
  const bundle = await buildAgent(join(root, 'spanwarden-agent.cjs'));
  const empty = join(root, 'empty.cjs');
  writeFileSync(empty, '');
  const env = { ...process.env, SPANWARDEN_AGENT_STATE: root };
  const pidFile = join(spoolFolder(state), 'resident.pid');

  const time = (args: readonly string[], input = ''): number => {
    const started = performance.now();
    const { status } = spawnSync(process.execPath, args, { input, env });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
    return performance.now() - started;
  };
  const hook = (number: number, settled: boolean): number =>
    time([bundle, 'hook', 'claude-code'], eventOf(number, settled));
  const stopResident = (): void => {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM');
    rmSync(join(spoolFolder(state), 'resident.sock'), { force: true });
    rmSync(join(spoolFolder(state), 'resident.starting'), { force: true });
  };

  try {
    const cold: number[] = [];
    const warm: number[] = [];
    const nothing: number[] = [];
    for (let round = 0; round < COLD_ROUNDS; round++) {
      cold.push(hook(round, true));
      stopResident();
    }
    for (let round = 0; round < 5; round++) hook(1_000 + round, true);
    for (let round = 0; round < ROUNDS; round++) {
      nothing.push(time([empty]));
      warm.push(hook(2_000 + (round >> 1), round % 2 === 1));
    }
    const base = median(nothing);
    const fastest = (Math.min(...warm) / Math.min(...nothing)).toFixed(2);
    return [
      measure(
        'agent hook',
        median(warm),
        'ms',
        base,
        `medians of ${ROUNDS}, against an empty Node process; the fastest of each: ${fastest}; calls of a tool, 2 KB each`,
      ),
      measure('agent hook, the first', median(cold), 'ms', base, 'no resident process is there yet: it is started'),
    ];
  } finally {
    try {
      stopResident();
    } catch {
      // it has ended
    }
    rmSync(root, { recursive: true, force: true });
  }
}

function eventOf(number: number, settled: boolean): string {
  return JSON.stringify({
    session_id: 'bench',
    cwd: process.cwd(),
    permission_mode: 'default',
    hook_event_name: settled ? 'PostToolUse' : 'PreToolUse',
    tool_name: 'Bash',
    tool_input: {
      command: `curl -H 'Authorization: Bearer token-${number}' https://x.example ${'&& ls -la src '.repeat(120)}`,
    },
    tool_use_id: `call-${number}`,
    ...(settled && { tool_response: { stdout: 'ok', stderr: '', interrupted: false, isImage: false } }),
  });
}
