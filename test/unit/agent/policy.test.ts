import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ignoredPaths } from '../../../agent/policy/ignored-paths.ts';
import { policyInForce } from '../../../agent/policy/policy-in-force.ts';
import { readRepository } from '../../../agent/repository/read-repository.ts';
import {
  type ClientPolicy,
  DEFAULT_CLIENT_POLICY,
  parseClientPolicy,
  STRICTEST_CLIENT_POLICY,
} from '../../../engine/core/client-policy.ts';
import { type ClientBench, clientBench } from './client-bench.ts';

const FULL = DEFAULT_CLIENT_POLICY;
const { capture, ignore } = FULL;

let bench: ClientBench;
let repository: string;
beforeEach(() => {
  bench = clientBench();
  repository = mkdtempSync(join(tmpdir(), 'spanwarden-repository-'));
  mkdirSync(join(repository, '.git', 'info'), { recursive: true });
  mkdirSync(join(repository, 'src', 'private'), { recursive: true });
  writeFileSync(join(repository, '.git', 'HEAD'), 'ref: refs/heads/feature/checkout\n');
  writeFileSync(
    join(repository, '.git', 'config'),
    '[remote "origin"]\n\turl = https://dev:pa55@git.example/shop/web.git\n[user]\n\tname = Dana Developer\n\temail = dana@corp.example\n',
  );
  writeFileSync(join(repository, '.gitignore'), '.env*\n/build\n');
  writeFileSync(join(repository, 'src', '.gitignore'), 'private/\n!keep.txt\n');
});
afterEach(() => {
  bench.close();
  rmSync(repository, { recursive: true, force: true });
});

const prompt = (words: string, cwd = repository) => ({
  session_id: `s ${cwd}`,
  cwd,
  hook_event_name: 'UserPromptSubmit',
  prompt: words,
  prompt_id: `turn ${words.length}`,
});
const edit = (path: string, cwd = repository) => ({
  session_id: `s ${cwd}`,
  cwd,
  hook_event_name: 'PostToolUse',
  tool_name: 'Edit',
  tool_input: { file_path: path, old_string: 'before it', new_string: 'after it' },
  tool_use_id: 'edit-1',
});

describe('the policy in force', () => {
  const lastGood = () => {
    let kept: string | undefined;
    return {
      get: () => kept,
      set: (policy: string) => {
        kept = policy;
      },
    };
  };

  it('is the strictest while there never was one', () => {
    expect(policyInForce({ managedPolicy: '/none', policy: '/none' }, lastGood())).toEqual({
      policy: STRICTEST_CLIENT_POLICY,
      source: 'none',
    });
  });

  it("is device management's before the server's, and the last good one when a file is cut short or gone", () => {
    const kept = lastGood();
    const { state } = bench;
    const managed = { ...FULL, version: 9 };
    expect(policyInForce(state, kept)).toEqual({ policy: FULL, source: 'server' });
    writeFileSync(state.managedPolicy, JSON.stringify(managed));
    expect(policyInForce(state, kept)).toEqual({ policy: managed, source: 'managed' });
    writeFileSync(state.managedPolicy, JSON.stringify(managed).slice(0, 40));
    expect(policyInForce(state, kept)).toEqual({ policy: managed, source: 'last good' });
    rmSync(state.managedPolicy);
    rmSync(state.policy);
    expect(policyInForce(state, kept)).toEqual({ policy: managed, source: 'last good' });
  });

  it.each([
    ['a missing field', { ...FULL, disabled: undefined }],
    ['a field that nobody knows', { ...FULL, screenshots: true }],
    ['a level that nobody knows', { ...FULL, capture: { ...capture, level: 'everything' } }],
    ['a glob that is no text', { ...FULL, ignore: { ...ignore, files: [1] } }],
  ])('is not one with %s', (_what, policy) => {
    expect(parseClientPolicy(JSON.parse(JSON.stringify(policy)))).toBeUndefined();
  });
});

describe('what a policy takes out', () => {
  const recorded = (policy: ClientPolicy) => {
    bench.setPolicy(policy);
    bench.hook('claude-code', prompt('plan the sale'));
    bench.hook('claude-code', edit(join(repository, 'src', 'a.ts')));
    return JSON.stringify(bench.spans());
  };

  it('full has it all, with repository, branch and author', () => {
    const all = recorded(FULL);
    for (const said of [
      'plan the sale',
      'src/a.ts',
      'after it',
      'feature/checkout',
      'https://git.example/shop/web',
      'Dana Developer',
    ]) {
      expect(all).toContain(said);
    }
    expect(all).not.toContain('pa55');
    expect(all).not.toContain('dana@corp.example');
  });

  it.each([
    ['prompts', { prompts: 'off' }, ['plan the sale'], ['src/a.ts', 'after it']],
    ['tool arguments', { tool_arguments: 'off' }, ['src/a.ts"}'], ['plan the sale']],
    ['edits', { edits: 'off' }, ['after it'], ['plan the sale', 'src/a.ts']],
    [
      'metadata',
      { level: 'metadata' },
      ['plan the sale', 'src/a.ts', 'after it', 'code.cwd'],
      ['Edit', 'feature/checkout'],
    ],
    [
      'minimal',
      { level: 'minimal' },
      ['plan the sale', 'Edit', 'after it', 'feature/checkout', 's /tmp'],
      ['coding_agent.tool.call', 'claude-code'],
    ],
  ] as const)('%s', (_what, change, gone, there) => {
    const text = recorded({ ...FULL, capture: { ...capture, ...change } }).replaceAll('\\"', '"');
    for (const said of gone) expect(text).not.toContain(said);
    for (const said of there) expect(text).toContain(said);
  });

  it('disabled is minimal, whatever else it says', () => {
    const text = recorded({ ...FULL, disabled: true });
    expect(text).not.toContain('plan the sale');
    expect(bench.spans().every(({ attributes }) => Object.keys(attributes).length === 0)).toBe(true);
    expect(bench.bytes()).not.toContain(repository);
  });

  it('an address goes out as it is only where the policy asks for it', () => {
    const email = recorded({ ...FULL, capture: { ...capture, identity: 'email' } });
    expect(email).toContain('"user.email":"dana@corp.example"');
  });

  it.each([
    ['a repository by its address', { repositories: ['git.example/shop/*'] }],
    ['a repository by its name', { repositories: ['web'] }],
    ['a folder', { folders: [`**/spanwarden-repository-*`] }],
  ])('of %s nothing is recorded', (_what, change) => {
    const text = recorded({ ...FULL, ignore: { ...ignore, ...change } });
    expect(text).toBe('[]');
    expect(bench.bytes()).not.toContain('plan the sale');
    bench.hook('claude-code', { ...prompt('once more'), cwd: undefined });
    expect(bench.spans()).toEqual([]);
  });

  it('a change applies to the next event', () => {
    recorded(FULL);
    bench.setPolicy({ ...FULL, capture: { ...capture, prompts: 'off' } });
    bench.hook('claude-code', prompt('and the discount'));
    expect(bench.bytes()).not.toContain('and the discount');
  });

  it.each([
    ['what git ignores', '.env.local', {}],
    ['what git ignores in a folder below', 'src/private/plan.md', {}],
    ['what a glob of files names', 'src/key.pem', { files: ['*.pem'] }],
    ['what lies in an ignored folder', 'src/legal/a.md', { folders: ['src/legal'] }],
  ])('of %s only the call is told', (_what, path, change) => {
    bench.setPolicy({ ...FULL, ignore: { ...ignore, ...change } });
    bench.hook('claude-code', edit(path));
    bench.hook('claude-code', {
      ...edit(path),
      tool_name: 'Bash',
      tool_use_id: 'b',
      tool_input: { command: `cat ${path}` },
    });
    const spans = bench.spans().filter(({ name }) => name === 'coding_agent.tool.call');
    expect(spans.map(({ attributes }) => attributes['spanwarden.client.ignored'])).toEqual([true, true]);
    expect(bench.bytes()).not.toContain(path);
    expect(bench.bytes()).not.toContain('after it');
  });

  it('nested rules of git can take a file back in, and the policy can leave git out of it', () => {
    const found = readRepository(repository)!;
    expect(found).toMatchObject({ name: 'web', branch: 'feature/checkout', root: repository });
    const rules = ignoredPaths(ignore, repository, found);
    expect(['build', 'src/build', '.env', 'src/keep.txt'].map(rules.file)).toEqual([true, false, true, false]);
    expect(ignoredPaths({ ...ignore, gitignore: false }, repository, found).file('.env')).toBe(false);
  });
});
