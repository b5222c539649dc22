import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../engine/core/alert.ts';
import { isGenuine } from '../../examples/webhook-receiver.ts';
import { codeOf, fencedBlocks, ROOT, readPage } from '../markdown.ts';
import { startServer, until } from '../running-server.ts';

const run = promisify(execFile);
const SECRET = 'a secret that both sides know';
const RECEIVERS = [
  { language: 'TypeScript', command: process.execPath, file: 'examples/webhook-receiver.ts' },
  { language: 'Python', command: 'python3', file: 'examples/webhook_receiver.py' },
].filter(({ command }) => spawnSync(command, ['--version']).status === 0);

const server = await startServer({ env: { SPANWARDEN_ALLOW_PRIVATE_DESTINATIONS: '1' } });
const receivers = await Promise.all(RECEIVERS.map(startReceiver));
afterAll(async () => {
  for (const { process } of receivers) process.kill();
  await server.stop();
});

interface Receiver {
  readonly language: string;
  readonly process: ChildProcess;
  readonly url: string;
  output(): string;
}

async function startReceiver({ language, command, file }: (typeof RECEIVERS)[number]): Promise<Receiver> {
  const child = spawn(command, [join(ROOT, file)], {
    env: { ...process.env, WEBHOOK_SECRET: SECRET, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  while (!output.includes('\n')) await once(child.stdout, 'data');
  const port = /listening on (\d+)/.exec(output)![1];
  return { language, process: child, url: `http://127.0.0.1:${port}/`, output: () => output };
}

async function addDestination({ language, url }: Receiver): Promise<void> {
  const response = await fetch(`${server.api}/api/v1/destinations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'webhook', name: language, url, secret: SECRET }),
  });
  expect(response.status).toBe(201);
}

describe('the examples', () => {
  it('send spans that raise an alert, which the receivers take', async () => {
    for (const receiver of receivers) await addDestination(receiver);
    const { stdout } = await run(process.execPath, [join(ROOT, 'examples/send-spans.ts')], {
      env: {
        ...process.env,
        OTEL_EXPORTER_OTLP_ENDPOINT: server.otlp,
        OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${server.ingestToken}`,
      },
    });
    const session = /^sent session (\S+)$/m.exec(stdout)![1];
    const alert = await until(
      async () => (await server.get<{ items: Alert[] }>('/alerts')).items.find((item) => item.session_id === session),
      15_000,
      'the alert of the example',
    );
    expect(alert).toMatchObject({ rule_id: 'external-to-memory-write', entity: { value: session } });
    for (const receiver of receivers) {
      const line = `opened ${alert.severity} ${alert.rule_id} ${alert.title} (${alert.id})`;
      await until(async () => receiver.output().includes(line), 10_000, `the delivery to ${receiver.language}`);
    }
  });

  it('say so when the spans were not acknowledged', async () => {
    const env = {
      ...process.env,
      OTEL_EXPORTER_OTLP_ENDPOINT: server.otlp,
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20wrong',
    };
    const failed = run(process.execPath, [join(ROOT, 'examples/send-spans.ts')], { env });
    await expect(failed).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('not acknowledged') });
  });

  it.each(receivers)('the $language receiver refuses what is not signed, or not for this body', async ({ url }) => {
    const now = Math.floor(Date.now() / 1000);
    for (const header of ['', 't=1,v1=00', `t=${now},v1=${'0'.repeat(64)}`]) {
      const headers = { 'x-spanwarden-signature': header };
      expect((await fetch(url, { method: 'POST', headers, body: '{}' })).status).toBe(401);
    }
  });

  it('take a signature for five minutes only', () => {
    // Of the body {} at second 1000, under the key "key".
    const header = 't=1000,v1=c32de42341dece79a1511c9e7f74a2734112edcfcf48943c976faf07047065db';
    expect(isGenuine(Buffer.from('{}'), header, 'key', 1000)).toBe(true);
    expect(isGenuine(Buffer.from('{}'), header, 'key', 1301)).toBe(false);
    expect(isGenuine(Buffer.from('{} '), header, 'key', 1000)).toBe(false);
  });
});

describe('rules.md', () => {
  const page = readPage('docs/rules.md');

  it('shows a rule that passes the linter and its tests, and tests that the rule they are for passes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'spanwarden-test-'));
    try {
      await writeFile(join(folder, 'deleted-outside-workspace.sql'), codeOf(page, 'sql')[0]!);
      await writeFile(join(folder, 'deleted-outside-workspace.test.yaml'), DELETIONS);
      await cp(join(ROOT, 'rules/flow/external-to-memory-write.sql'), join(folder, 'outside-claims.sql'));
      await writeFile(join(folder, 'outside-claims.test.yaml'), `${codeOf(page, 'yaml')[0]}${QUIET}`);
      const kinds = fencedBlocks(page).filter(({ info }) => info === 'yaml rule');
      expect(kinds).toHaveLength(5);
      const kindsFolder = join(folder, 'kinds');
      await mkdir(kindsFolder);
      for (const [index, { code }] of kinds.entries()) {
        await writeFile(join(kindsFolder, `kind-${index}.yaml`), `${METADATA}${code}`);
        await writeFile(join(kindsFolder, `kind-${index}.test.yaml`), BOTH);
      }
      const commands = [
        { args: ['lint', folder], says: /7 rules, 0 problems/ },
        {
          args: ['test', join(folder, 'deleted-outside-workspace.sql'), join(folder, 'outside-claims.sql')],
          says: /passed/,
        },
      ];
      for (const { args, says } of commands) {
        const { stdout } = await run(process.execPath, ['spanwarden.ts', 'rules', ...args], { cwd: ROOT });
        expect(stdout).toMatch(says);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

const DELETIONS = `
- name: fires on a path outside
  spans: [{ id: gone, kind: tool, tool: delete_file, args: { path: /etc/hosts } }]
  expect: [{ entity: test-agent, evidence: [gone] }]
- name: quiet inside the workspace
  spans: [{ kind: tool, tool: delete_file, args: { path: /srv/work/notes.txt } }]
  expect: []
`;

const QUIET = `
- name: quiet when nothing came from outside
  spans: [{ kind: tool, tool: save_memory, args: { text: Refunds take 14 days. } }]
  expect: []
`;

/** What the kinds of rules on the page leave out. */
const METADATA = `name: A rule of the page
description: What the page shows of a kind of rule.
severity: medium
risk_score: 40
status: test
version: 1
threat: [{framework: OWASP LLM, version: "2025", technique: [LLM06]}]
runbook: Look at the evidence and ask the owner of the agent what happened there.
false_positives: [None known.]
`;

const BOTH = '[{ name: fires, spans: [{}], expect: [{}] }, { name: quiet, spans: [{}], expect: [] }]';
