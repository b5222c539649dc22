import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buildAgent } from '../agent/build.ts';
import type { ClientSpan } from '../agent/spool/client-span.ts';
import { type Ended, ended } from './run-command.ts';

/** The bundle of the client, and a state folder as an installation makes it. */
export interface AgentProcesses {
  readonly root: string;
  /** Starts a command of the client in a process of its own; `uid` makes it another user's. */
  start(words: readonly string[], input?: string, uid?: number): ChildProcess;
  run(words: readonly string[], input?: string, uid?: number): Promise<Ended>;
  /** What lies in a user's spool. */
  spooled(uid?: number): ClientSpan[];
  /** Bytes of the files of a user's spool, the write-ahead log's too. */
  bytes(uid?: number): string;
  spool(uid?: number): string;
  /** Removes all of it; the resident processes, which miss it, end. */
  remove(): void;
}

export async function agentProcesses(settings: Record<string, unknown>, token: string): Promise<AgentProcesses> {
  const root = mkdtempSync(join(tmpdir(), 'spanwarden-agent-'));
  const bundle = await buildAgent(join(root, 'spanwarden-agent.cjs'));
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'spools'));
  chmodSync(join(root, 'spools'), 0o1777);
  // a limit for what hangs: machines that check may be many times slower
  writeFileSync(join(root, 'client.json'), JSON.stringify({ hook_timeout_ms: 300_000, ...settings }));
  writeFileSync(join(root, 'credential'), token, { mode: 0o600 });
  const inherited = Object.entries(process.env).filter(([name]) => !/^(SPANWARDEN|OTEL|npm)_/.test(name));
  const env = { ...Object.fromEntries(inherited), SPANWARDEN_AGENT_STATE: root };

  const spool = (uid = process.getuid?.() ?? 0) => join(root, 'spools', String(uid));
  const start = (words: readonly string[], input = '', uid?: number): ChildProcess => {
    const as = uid === undefined ? {} : { uid, gid: uid };
    const child = spawn(process.execPath, [bundle, ...words], { cwd: root, env, ...as });
    child.on('error', () => {});
    child.stdin!.on('error', () => {});
    child.stdin!.end(input);
    return child;
  };
  return {
    root,
    start,
    run: (words, input, uid) => ended(start(words, input, uid)),
    spool,
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
    spooled: (uid) => {
      const database = new DatabaseSync(join(spool(uid), 'spool.db'), { readOnly: true, timeout: 30_000 });
      try {
        const rows = database.prepare('SELECT body FROM spans ORDER BY id').all() as { body: string }[];
        return rows.map(({ body }) => JSON.parse(body) as ClientSpan);
      } finally {
        database.close();
      }
    },
    bytes: (uid) =>
      readdirSync(spool(uid))
        .filter((name) => name.startsWith('spool.db'))
        .map((name) => readFileSync(join(spool(uid), name), 'latin1'))
        .join('\n'),
  };
}
