import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand, startCommand } from '../run-command.ts';
import { until } from '../running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'rules-'));
afterAll(() => rmSync(folder, { recursive: true }));
const NEW = [
  'rules',
  'new',
  'odd-tool',
  '--kind',
  'threshold',
  '--name',
  'An odd tool',
  '--severity',
  'medium',
  '--entity',
  'agent',
];
const TESTS = `
- name: fires
  spans: [{ id: a, kind: tool, tool: odd, repeat: 5 }]
  expect: [{ entity: test-agent, evidence: [a] }]
- name: quiet
  spans: [{ kind: tool, tool: odd, repeat: 4 }]
  expect: []
`;

describe('the commands for rules', () => {
  it('write a rule whose tests fail until they are filled in, and test it again when it changes', async () => {
    const written = await runCommand([...NEW, '--dir', folder]);
    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect((await runCommand([...NEW, '--dir', folder])).stderr).toMatch(/exists already/);

    const child = startCommand(['rules', 'test', folder, '--watch', '--junit', join(folder, 'junit.xml')]);
    let output = '';
    child.stdout!.on('data', (chunk) => (output += chunk));
    child.stderr!.on('data', (chunk) => (output += chunk));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await until(async () => output.includes('watching'), 60_000, 'the first run');
    expect(output).toMatch(/0 passed, 2 failed/);
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toMatch(
      /<testsuite name="odd-tool" tests="2" failures="2"/,
    );
    writeFileSync(join(folder, 'odd-tool.test.yaml'), TESTS);
    await until(async () => output.includes('2 passed, 0 failed'), 60_000, 'the run after the change');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it('import Sigma rules and say which they cannot', async () => {
    const sigma = join(folder, 'sigma.yml');
    const rule = (title: string, field: string) =>
      `title: ${title}\nlevel: low\ndetection: {sel: {${field}: rm}, condition: sel}\n`;
    writeFileSync(sigma, `${rule('Deletes', 'gen_ai.tool.name')}---\n${rule('Registry', 'TargetObject')}`);
    const out = join(folder, 'imported');
    const { code, stdout, stderr } = await runCommand(['rules', 'import-sigma', sigma, '--out', out]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/1 rules written, 1 refused/);
    expect(stderr).toMatch(/Registry: TargetObject: no span has the field TargetObject/);
    expect(existsSync(join(out, 'deletes.sql'))).toBe(true);
  });

  it('show which threats no rule looks for', async () => {
    const { stdout } = await runCommand(['rules', 'coverage', '--json']);
    const coverage = JSON.parse(stdout) as { framework: string; entries: { id: string; rules: string[] }[] }[];
    expect(coverage.map(({ framework }) => framework)).toEqual(['OWASP LLM', 'OWASP Agentic', 'MITRE ATLAS']);
    const entry = (id: string) => coverage.flatMap(({ entries }) => entries).find((item) => item.id === id);
    expect(entry('LLM02')!.rules).toContain('leaked-secret');
    expect((await runCommand(['rules', 'coverage'])).stdout).toMatch(/^OWASP LLM 2025: \d+ of \d+$/m);
  });
});
