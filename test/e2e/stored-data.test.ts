import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCommand } from '../run-command.ts';
import { type RunningServer, startServer, temporaryFolder } from '../running-server.ts';
import { filesHolding } from '../search-stored.ts';

const keys = mkdtempSync(join(tmpdir(), 'spanwarden-keys-'));
afterAll(() => rmSync(keys, { recursive: true, force: true }));
const [FIRST, SECOND] = ['ab'.repeat(32), 'cd'.repeat(32)] as const;
const MARKER = 'PLANTED-IN-A-TOOL-RESULT';
const SESSION = 'session-that-is-planted';

async function post(server: RunningServer): Promise<void> {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const span = (at: number) => ({
    traceId: `${at}`.repeat(32),
    spanId: `${at}`.repeat(16),
    name: 'execute_tool read_file',
    startTimeUnixNano: `${Date.now()}000000`,
    endTimeUnixNano: `${Date.now() + 1}000000`,
    attributes: [
      text('gen_ai.operation.name', 'execute_tool'),
      text('gen_ai.tool.name', 'read_file'),
      text('gen_ai.conversation.id', SESSION),
      text('gen_ai.tool.call.result', MARKER),
      text('user.id', 'ann.lee@corp.example'),
    ],
  });
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span(1), span(2)] }] }] });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${server.ingestToken}` };
  const answer = await fetch(`${server.otlp}/v1/traces`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
}

const stored = (server: RunningServer) =>
  server.sql(`SELECT count() FROM otel_traces FINAL WHERE ToolResultPreview = '${MARKER}'`);

function keyFile(...lines: string[]): Record<string, string> {
  const path = join(keys, 'at-rest');
  writeFileSync(path, `# current first\n${lines.join('\n')}\n`);
  return { SPANWARDEN_AT_REST_KEY_FILE: path, SPANWARDEN_CANARY_MINUTES: '0' };
}

it('what is stored is read under its keys alone, in the clear before, under changed keys, and never without', async () => {
  const folder = temporaryFolder();
  // In the clear at first: what is searched for is found.
  const clear = await startServer({ folder, env: { SPANWARDEN_CANARY_MINUTES: '0' } });
  await post(clear);
  expect(await clear.stop()).toBe(0);
  expect(filesHolding(folder, MARKER).length).toBeGreaterThan(0);
  const master = readFileSync(join(folder, 'master.key'), 'utf8').trim();

  const first = await startServer({ folder, env: keyFile(FIRST) });
  expect(await stored(first)).toEqual([['2']]);
  await post(first);
  for (const planted of [MARKER, SESSION, master, FIRST]) expect(filesHolding(folder, planted)).toEqual([]);
  expect(await first.stop()).toBe(0);
  for (const planted of [MARKER, SESSION, master]) expect(filesHolding(folder, planted)).toEqual([]);

  const both = await startServer({ folder, env: keyFile(SECOND, FIRST) });
  expect(await both.stop()).toBe(0);
  await expect(startServer({ folder, env: keyFile(FIRST) })).rejects.toThrow(/exit code 2.*name that (key|one) too/s);
  await expect(startServer({ folder })).rejects.toThrow(/exit code 2.*name that key too/s);

  const command = { SPANWARDEN_AT_REST_KEY_COMMAND: `echo ${SECOND}`, SPANWARDEN_CANARY_MINUTES: '0' };
  const second = await startServer({ folder, env: command });
  expect(await stored(second)).toEqual([['2']]);
  const api = ['--api', second.api, '--token', second.adminToken];
  const erased = await runCommand(['erase', 'user', 'ann.lee@corp.example', '--wait', ...api]);
  expect(erased.stdout).toMatch(/is done: 2 spans/);
  expect(await stored(second)).toEqual([['0']]);
  const listed = await runCommand(['erasures', ...api]);
  expect(listed.stdout).toMatch(/user.*done/);
  expect((await runCommand(['archive', 'show', ...api])).stdout).toContain('archive: folder');
  expect(await second.stop()).toBe(0);
}, 600_000);
