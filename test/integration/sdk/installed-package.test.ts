import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../markdown.ts';

const run = promisify(execFile);
let folder = '';

/** A program that has the package in its node_modules, where Node runs no TypeScript. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spanwarden-test-'));
  await run(process.execPath, [join(ROOT, 'agent/sdk/build.ts'), '--if-stale']);
  const home = join(folder, 'node_modules/spanwarden');
  await mkdir(join(home, 'agent/sdk'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(home, 'package.json'));
  await cp(join(ROOT, 'agent/sdk/dist'), join(home, 'agent/sdk/dist'), { recursive: true });
  for (const name of ['@opentelemetry', '@types', 'undici-types']) {
    await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const PROGRAM = `
import { configure, RedactingSpanExporter, recordDecision, SpanwardenSpanProcessor, tagAgent, withAgent, withModelCall, withSession, withToolCall } from 'spanwarden/sdk';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';

const exporter = new InMemorySpanExporter();
const spanwarden = configure({ exporter, register: true });
const agent = tagAgent({}, { id: 'installed', systemPrompt: 'Be brief.' });
const answer = await withSession('s', () =>
  withAgent(agent, async (run) => {
    run.span.setAttribute('user.id', 'u');
    recordDecision({ decision: 'call_tool', tool: 'add' });
    const sum = await withToolCall({ name: 'add', arguments: { a: 1 } }, async () => 2);
    return withModelCall({ provider: 'openai', request: { model: 'm' } }, async () => ({ sum }));
  }),
);
await spanwarden.forceFlush();
console.log(JSON.stringify([answer.sum, exporter.getFinishedSpans().map(({ name }) => name)]));
new RedactingSpanExporter(exporter);
new SpanwardenSpanProcessor();
await spanwarden.shutdown();
`;

describe('the installed package', () => {
  it('runs', async () => {
    await writeFile(join(folder, 'program.mjs'), PROGRAM);
    const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual([
      2,
      ['agent_step call_tool', 'execute_tool add', 'chat m', 'invoke_agent installed'],
    ]);
  });

  it('has types that a strict program compiles with, and that refuse another vocabulary', async () => {
    const options = {
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2023'],
      strict: true,
      noEmit: true,
      types: ['node'],
    };
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
    await writeFile(
      join(folder, 'program.ts'),
      `${PROGRAM}\n// @ts-expect-error there is no such decision\nrecordDecision({ decision: 'panic' });\nexport const sum: number = answer.sum;\n`,
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder }).catch((error) => error);
    expect(stdout).toBe('');
  });
});
