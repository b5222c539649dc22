import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CODING_TOOLS } from '../../agent/hooks/coding-tools.ts';
import type { ToolName } from '../../agent/hooks/tool-event.ts';
import { DEFAULT_CLIENT_POLICY } from '../../engine/core/client-policy.ts';
import { agentProcesses } from '../agent-processes.ts';
import { RECORDED_TOKEN, recordedSession } from '../recorded-session.ts';
import { startServer, until } from '../running-server.ts';

const NOBODY = 65_534;
const server = await startServer();
const agent = await agentProcesses(
  { otlp_endpoint: server.otlp, policy_url: `${server.api}/api/v1/policy` },
  server.ingestToken,
);
afterAll(async () => {
  agent.remove();
  await server.stop();
});
// a policy is there before the first event
const first = await agent.run(['forward', '--once']);

interface Alert {
  readonly rule_id: string;
  readonly session_id: string;
}

/** Played by the tools themselves but for Cursor's, which follows its documentation. */
const SESSIONS = [
  { tool: 'claude-code', rules: ['leaked-secret', 'destructive-command'], calls: 8 },
  { tool: 'cursor', rules: ['leaked-secret'], calls: 2 },
  { tool: 'codex', rules: ['leaked-secret', 'destructive-command'], calls: 4 },
  { tool: 'gemini-cli', rules: ['leaked-secret', 'destructive-command'], calls: 6 },
  { tool: 'copilot-cli', rules: ['leaked-secret', 'destructive-command'], calls: 9 },
] as const;

const sessionIn = (tool: ToolName): string => {
  const said = JSON.parse(recordedSession(tool)[0]!.payload) as Record<string, string>;
  return said['session_id'] ?? said['sessionId'] ?? said['conversation_id']!;
};

describe('from a hook to an alert', () => {
  it('pulls the policy first', () => {
    expect(first).toEqual({ code: 0, stdout: '', stderr: '' });
    const { policy } = JSON.parse(readFileSync(join(agent.root, 'policy.json'), 'utf8')) as { policy: unknown };
    expect(policy).toEqual(DEFAULT_CLIENT_POLICY);
  });

  it('records a session of each tool, all at the same time, and lets them go on', async () => {
    await Promise.all(
      SESSIONS.map(async ({ tool }) => {
        for (const { words, name, payload } of recordedSession(tool)) {
          const { code, stdout, stderr } = await agent.run(['hook', ...words], payload);
          expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
          expect(stdout).toBe(`${CODING_TOOLS[tool].answer(name)}\n`);
        }
      }),
    );
    expect(agent.bytes()).not.toContain(RECORDED_TOKEN);
    expect(agent.bytes()).not.toContain('never to be told');
  });

  it('sends what was recorded, and keeps nothing that was acknowledged', async () => {
    expect(agent.spooled().length).toBeGreaterThan(20);
    expect(await agent.run(['forward', '--once'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(agent.spooled()).toEqual([]);
  });

  it.each(SESSIONS)(
    'raises $rules for the session of $tool, whose calls are a span each',
    async ({ tool, rules, calls }) => {
      const session = sessionIn(tool);
      await until(
        async () => {
          const { items } = await server.get<{ items: Alert[] }>('/alerts?limit=100');
          return rules.every((rule) => items.some((alert) => alert.session_id === session && alert.rule_id === rule));
        },
        110_000,
        `the alerts ${rules.join(', ')}`,
      );
      const rows = await server.sql(
        "SELECT uniqExact(SpanId), count() FROM otel_traces FINAL WHERE SessionId = {session: String} AND Kind = 'tool'",
        { session },
      );
      expect(rows.map((row) => row.map(Number))).toEqual([[calls, calls]]);
    },
  );

  it('has diffs analysed and not stored', async () => {
    const rows = await server.sql(
      "SELECT toString(tuple(*)) FROM otel_traces WHERE ToolName IN ('Edit', 'edit', 'replace', 'apply_patch')",
    );
    expect(rows).toHaveLength(4);
    for (const row of rows) {
      expect(String(row)).toContain('/home/dev/shop/src/price.ts');
      expect(String(row)).not.toContain('const vat');
    }
  });

  it("goes by a new policy from the next event on, and keeps it while the server can't be reached", async () => {
    const headers = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ capture: { prompts: 'off' } });
    const set = await fetch(`${server.api}/api/v1/policy`, { method: 'POST', headers, body });
    expect(set.status).toBe(200);
    await agent.run(['forward', '--once']);
    await agent.run(
      ['hook', 'codex'],
      JSON.stringify({ session_id: 'after', hook_event_name: 'UserPromptSubmit', prompt: 'the secret plan' }),
    );
    expect(agent.spooled()).toHaveLength(2);
    expect(agent.bytes()).not.toContain('the secret plan');
    const shown = await agent.run(['policy', '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      source: 'server',
      policy: { version: 1, capture: { prompts: 'off' } },
    });
    await agent.run(['forward', '--once']);
  });
});

describe('many at once', () => {
  it('200 hook processes lose nothing and mix nothing', { timeout: 600_000 }, async () => {
    const sessions = Array.from({ length: 20 }, (_, index) => `busy-${index}`);
    const events = sessions.flatMap((session) => Array.from({ length: 10 }, (_, index) => ({ session, index })));
    const runs = events.map(({ session, index }) =>
      agent.run(
        ['hook', 'claude-code'],
        JSON.stringify({
          session_id: session,
          hook_event_name: 'PostToolUse',
          tool_name: 'Bash',
          tool_input: { command: `echo ${session} ${index}` },
          tool_use_id: `${session}-${index}`,
        }),
      ),
    );
    const codes = (await Promise.all(runs)).map(({ code, stdout }) => `${code} ${stdout.trim()}`);
    expect(new Set(codes)).toEqual(new Set(['0 {}']));
    const spans = agent.spooled();
    const calls = spans.filter(({ name }) => name === 'coding_agent.tool.call');
    expect(spans).toHaveLength(220);
    expect(new Set(calls.map(({ attributes }) => attributes['gen_ai.tool.call.id'])).size).toBe(200);
    for (const { resource, attributes, traceId } of calls) {
      const session = String(resource['session.id']);
      expect(attributes['gen_ai.tool.call.arguments']).toMatch(new RegExp(`echo ${session} \\d`));
      expect(
        spans.find(({ name, resource: of }) => name === 'coding_agent.session' && of['session.id'] === session)!
          .traceId,
      ).toBe(traceId);
    }
  });
});

const isRoot = process.getuid?.() === 0;
const nobodyCanRun =
  isRoot && spawnSync(process.execPath, ['-e', ''], { uid: NOBODY, gid: NOBODY, cwd: '/' }).status === 0;

describe.runIf(nobodyCanRun)('as another user (runs as root alone, where that user can run Node)', () => {
  it('records, and cannot read the credential', async () => {
    const payload = JSON.stringify({ session_id: 'nobody-1', hook_event_name: 'UserPromptSubmit', prompt: 'hello' });
    expect((await agent.run(['hook', 'codex'], payload, NOBODY)).code).toBe(0);
    expect(agent.spooled(NOBODY)).toHaveLength(2);
    const script = 'require("node:fs").readFileSync(process.argv[1])';
    const read = spawnSync(process.execPath, ['-e', script, join(agent.root, 'credential')], {
      uid: NOBODY,
      gid: NOBODY,
      cwd: '/',
    });
    expect(read.status).toBe(1);
    expect(read.stderr.toString()).toContain('EACCES');
    // the forwarder takes it from there, and the user goes on
    await agent.run(['forward', '--once']);
    expect(agent.spooled(NOBODY)).toEqual([]);
    await agent.run(['hook', 'codex'], payload.replace('hello', 'again'), NOBODY);
    expect(agent.spooled(NOBODY)).toHaveLength(1);
  });
});

describe('whatever goes wrong', () => {
  it.each([
    ['nothing on standard input', ['hook', 'cursor'], ''],
    ['something that is not JSON', ['hook', 'cursor'], 'not { json'],
    ['a tool that nobody knows', ['hook', 'notepad'], '{}'],
    [
      'a payload of five megabytes',
      ['hook', 'cursor'],
      JSON.stringify({ hook_event_name: 'preToolUse', prompt: 'x'.repeat(5 * 1024 * 1024) }),
    ],
  ])('%s: the tool goes on', async (_what, words, input) => {
    const { code, stderr } = await agent.run(words, input);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('a credential that others can read is not used', async () => {
    writeFileSync(join(agent.root, 'credential'), server.ingestToken);
    spawnSync('chmod', ['644', join(agent.root, 'credential')]);
    const { stderr } = await agent.run(['forward', '--once']);
    expect(stderr).toContain('others may read it');
    spawnSync('chmod', ['600', join(agent.root, 'credential')]);
  });
});
