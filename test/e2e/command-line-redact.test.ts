import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, runCommand, startCommand } from '../run-command.ts';
import { temporaryFolder } from '../running-server.ts';

const EMAIL = 'ann.lee@corp.example';
const TOKEN = /\[EMAIL:[0-9a-z]{4}\]/g;

const empty = temporaryFolder();

async function redact(input: string, args: string[] = [], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await runCommand(['redact', ...args], {
    input,
    env: { SPANWARDEN_DATA: empty, ...env },
  });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

describe('redact', () => {
  it('takes text and gives it back without secrets, line ends and all', async () => {
    const redacted = await redact(`to ${EMAIL}\r\n\n${EMAIL} again, ünïcode 😀`);
    const [first, second] = redacted.match(TOKEN)!;
    expect(second).toBe(first);
    expect(redacted).toBe(`to ${first}\r\n\n${first} again, ünïcode 😀`);
    expect(await redact('')).toBe('');
  });

  it('takes and gives NDJSON with offsets into the input', async () => {
    const lines = (await redact(`{"text":"😀 ${EMAIL}"}\n{"text":"none"}\n`, ['--json'])).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        text: expect.stringMatching(/^😀 \[EMAIL:/),
        findings: [{ kind: 'EMAIL', start: 3, end: 3 + EMAIL.length, fingerprint: expect.any(String) }],
      },
      { text: 'none', findings: [] },
    ]);
  });

  it('explains which rule and reading took what, without the value', async () => {
    const encoded = Buffer.from(`mail to ${EMAIL} today`).toString('base64');
    const input = `to ${EMAIL} and ${encoded}\n`;
    const lines = (await redact(input, ['--explain'])).trim().split('\n');
    expect(lines).toEqual([
      '3\tEMAIL\trule email\tread as plain',
      `${input.indexOf(encoded)}\tEMAIL\trule email\tread as base64`,
    ]);
    const [json] = (await redact(JSON.stringify({ text: `{"a":["${EMAIL}"]}` }), ['--json', '--explain'])).split('\n');
    expect(JSON.parse(json!).findings).toMatchObject([{ kind: 'EMAIL', rule: 'email', view: 'plain', path: '.a[0]' }]);
  });

  it('says which line is wrong', async () => {
    const { code, stderr } = await runCommand(['redact', '--json'], { input: '{"text":"a"}\n{"text":1}\n' });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^spanwarden: line 2 .*\n$/)]);
  });

  it('makes the same tokens under the same key, per org, and others in every run without one', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'master.key'), `${'ab'.repeat(32)}\n`);
    const inFolder = await redact(EMAIL, ['--data', folder]);
    expect(await redact(EMAIL, [], { SPANWARDEN_MASTER_KEY: 'ab'.repeat(32) })).toBe(inFolder);
    expect(await redact(EMAIL, ['--data', folder, '--org', 'acme'])).not.toBe(inFolder);
    expect(await redact(EMAIL)).not.toBe(await redact(EMAIL));
  });

  it('writes no key of its own', async () => {
    const folder = join(empty, 'data');
    await redact(EMAIL, ['--data', folder]);
    expect(existsSync(folder)).toBe(false);
  });

  it('takes any size in bounded memory', async () => {
    const line = `${'0123456789 abcdefghij '.repeat(40)}${EMAIL}\n`;
    // Enough for what it needs and too little for what it is sent.
    const child = startCommand(['redact'], { env: { NODE_OPTIONS: '--max-old-space-size=48' } });
    // A child that ends early is told by its exit code below.
    child.stdin!.on('error', () => {});
    const feed = (async () => {
      for (let sent = 0; sent < 40_000_000; sent += line.length * 1_000) {
        if (!child.stdin!.write(line.repeat(1_000)))
          await new Promise((drained) => child.stdin!.once('drain', drained));
      }
      child.stdin!.end();
    })();
    const { code, stdout } = await ended(child);
    await feed;
    expect(code).toBe(0);
    expect(stdout).not.toContain(EMAIL);
    expect(new Set(stdout.match(TOKEN)).size).toBe(1);
  });

  it('ends quietly when its reader has seen enough', async () => {
    const child = startCommand(['redact', '--json']);
    child.stdin!.on('error', () => {});
    child.stdout!.once('data', () => child.stdout!.destroy());
    const end = ended(child);
    for (let at = 0; at < 20_000; at++) child.stdin!.write(`{"text":"${EMAIL} ${'x'.repeat(200)}"}\n`);
    expect(await end).toMatchObject({ code: 0, stderr: '' });
  });
});
