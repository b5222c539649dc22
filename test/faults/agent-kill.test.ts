import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DEFAULT_CLIENT_POLICY } from '../../engine/core/client-policy.ts';
import { agentProcesses } from '../agent-processes.ts';
import { until } from '../running-server.ts';

const received: string[] = [];
/** What the stand-in does with the next request: acknowledge it, or take it and never answer. */
let acknowledges = true;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('error', () => {});
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const ids = Buffer.concat(chunks)
      .toString('utf8')
      .matchAll(/"spanId":"([0-9a-f]{16})"/g);
    if (!acknowledges) return;
    received.push(...[...ids].map(([, id]) => id!));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const agent = await agentProcesses({ otlp_endpoint: `http://127.0.0.1:${port}` }, 'token');
writeFileSync(join(agent.root, 'managed-policy.json'), JSON.stringify(DEFAULT_CLIENT_POLICY));
afterAll(() => {
  agent.remove();
  server.closeAllConnections();
  server.close();
});

const event = (id: string): string =>
  JSON.stringify({
    session_id: 'killed',
    hook_event_name: 'PostToolUse',
    tool_name: 'Bash',
    tool_input: { command: `echo ${id}` },
    tool_use_id: id,
  });
/** For a machine that is many times slower than others. */
const SLOW = { timeout: 400_000 };

const residentPid = (): number => {
  try {
    return Number(readFileSync(join(agent.spool(), 'resident.pid'), 'utf8'));
  } catch {
    return 0;
  }
};
const kill = (pid: number): void => {
  try {
    if (pid > 0) process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
};
/** Each at another point of what a hook does: the sooner ones before there is anything, the later ones after it is on disk. */
const moments = (number: number): number[] => Array.from({ length: number }, (_, index) => index * 12);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const spooledIds = (): string[] => agent.spooled().map(({ attributes }) => String(attributes['gen_ai.tool.call.id']));

it('a resident process that is killed at any point loses no event of a hook that ended', SLOW, async () => {
  const ids: string[] = [];
  for (const [round, moment] of moments(6).entries()) {
    const hooks = [0, 1, 2].map((index) => `resident-${round}-${index}`);
    const runs = hooks.map((id) => agent.run(['hook', 'claude-code'], event(id)));
    await pause(moment);
    kill(residentPid());
    expect((await Promise.all(runs)).map(({ code }) => code)).toEqual([0, 0, 0]);
    ids.push(...hooks);
  }
  const spooled = spooledIds().filter((id) => id.startsWith('resident-'));
  expect(spooled.toSorted()).toEqual(ids.toSorted());
});

it('a hook that is killed at any point harms no other, and leaves the whole event or none', SLOW, async () => {
  for (const [round, moment] of moments(6).entries()) {
    const killed = agent.start(['hook', 'claude-code'], event(`killed-${round}`));
    const ended = once(killed, 'close');
    await pause(moment);
    killed.kill('SIGKILL');
    await ended;
    expect((await agent.run(['hook', 'claude-code'], event(`other-${round}`))).code).toBe(0);
  }
  const spooled = spooledIds();
  expect(spooled.filter((id) => id.startsWith('other-'))).toHaveLength(6);
  const half = spooled.filter((id) => id.startsWith('killed-'));
  expect(new Set(half).size).toBe(half.length);
});

it('a forwarder that is killed at any point deletes nothing that was not acknowledged', SLOW, async () => {
  const recorded = new Set(agent.spooled().map(({ spanId }) => spanId));
  expect(recorded.size).toBeGreaterThan(24);
  for (const [round, moment] of moments(6).entries()) {
    acknowledges = round % 2 === 1;
    const forwarder = agent.start(['forward']);
    const ended = once(forwarder, 'close');
    await pause(moment * 12);
    forwarder.kill('SIGKILL');
    await ended;
    const left = agent.spooled().map(({ spanId }) => spanId);
    expect(new Set([...left, ...received])).toEqual(recorded);
  }
  acknowledges = true;
  const forwarder = agent.start(['forward']);
  const ended = once(forwarder, 'close');
  await until(async () => agent.spooled().length === 0, 90_000, 'the spool is sent');
  forwarder.kill('SIGTERM');
  await ended;
  expect(new Set(received)).toEqual(recorded);
});
