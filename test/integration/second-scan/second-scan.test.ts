import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RedactedSpan } from '../../../engine/core/redacted-span.ts';
import { redactSpan } from '../../../engine/redaction/redact-span.ts';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { inspectTraces } from '../../../ingest/inspect-traces.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../ingest/otlp/decode-limits.ts';
import { scanAgain } from '../../../ingest/second-scan/scan-again.ts';
import type { SecondScanner } from '../../../ingest/second-scan/second-scanner.ts';
import { createSecretlintScanner } from '../../../ingest/second-scan/secretlint-scanner.ts';
import { createTrufflehogScanner } from '../../../ingest/second-scan/trufflehog-scanner.ts';
import { sampleSpan } from '../../unit/redaction/sample-span.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(4) });
const { mint } = redactor;
/** Made up, put together here so that no scanner of repositories takes it for one. */
const SLACK = ['xo', 'xb-', '123456789012-1234567890123-', 'abcdefghijklmnopqrstuvwx'].join('');

/** A span as it would be if redaction knew nothing of Slack. */
function letThrough(text: string): RedactedSpan {
  const span = redactSpan(sampleSpan(), redactor);
  return { ...span, attributes: { ...span.attributes, note: text }, statusMessage: text };
}

describe('a second scanner', () => {
  const secretlint = createSecretlintScanner();

  it('replaces what only it found, wherever it stands, with findings that say so', async () => {
    const text = `the token is ${SLACK}, keep it`;
    const { spans, found } = await scanAgain([letThrough(text)], secretlint, mint);
    const token = mint.token('SECRET', SLACK);
    expect(spans[0]!.attributes['note']).toBe(`the token is ${token}, keep it`);
    expect(spans[0]!.statusMessage).toBe(`the token is ${token}, keep it`);
    expect(found).toBe(2);
    expect(spans[0]!.redactions).toContainEqual({
      class: 'secret',
      kind: 'SECRET',
      rule: 'secretlint/slack',
      path: 'SpanAttributes.note',
      start: 13,
      end: 13 + SLACK.length,
      fingerprint: mint.fingerprint(SLACK),
    });
    expect(JSON.stringify(spans, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
      SLACK,
    );
  });

  it('is not switched off by what a text says', async () => {
    const { found } = await scanAgain([letThrough(`/* secretlint-disable */\n${SLACK}`)], secretlint, mint);
    expect(found).toBe(2);
  });

  it('takes no token of ours for a secret, and leaves all else as it is', async () => {
    const text = redactor.redactText(`git clone https://oauth2:${'k7Gh2'.repeat(4)}@git.example.org/x.git`).text;
    expect(text).toContain('[URL_CREDENTIALS:');
    const span = letThrough(text);
    const { spans, found } = await scanAgain([span], secretlint, mint);
    expect([found, spans[0]]).toEqual([0, span]);
  });
});

const folder = mkdtempSync(join(tmpdir(), 'spanwarden-stand-in-'));

/** A program that answers as TruffleHog does; `script` sees `file(n)`, the text of file n, and `tell(n, members)`. */
function standIn(name: string, script: string): string {
  const path = join(folder, name);
  const lines = [
    `#!${process.execPath}`,
    "const { readFileSync, statSync } = require('node:fs');",
    'const [mode, folder, ...flags] = process.argv.slice(2);',
    "if (mode !== 'filesystem' || !flags.includes('--no-verification') || !flags.includes('--no-update')) process.exit(9);",
    'if ((statSync(folder).mode & 0o077) !== 0) process.exit(8);',
    "const file = (n) => readFileSync(folder + '/' + n + '.txt', 'utf8');",
    "const tell = (n, more) => console.log(JSON.stringify({ SourceMetadata: { Data: { Filesystem: { file: folder + '/' + n + '.txt' } } }, ...more }));",
    script,
  ];
  writeFileSync(path, lines.join('\n'));
  chmodSync(path, 0o700);
  return path;
}

describe('TruffleHog as a process of its own', () => {
  const TEXTS = ['nothing here', 'a key: k-12345 and k-12345', 'encoded: azEyMzQ1'];

  it('takes every place of a value, and the whole text where it was decoded', async () => {
    const scanner = createTrufflehogScanner(
      standIn(
        'finds',
        "tell(1, { DetectorName: 'Acme!', DecoderName: 'PLAIN', Raw: file(1).slice(7, 14) }); tell(2, { DetectorName: 'Acme', DecoderName: 'BASE64', Raw: 'k12345' });",
      ),
    );
    expect(await scanner.scan(TEXTS)).toEqual([
      [],
      [
        { start: 7, end: 14, rule: 'Acme-' },
        { start: 19, end: 26, rule: 'Acme-' },
      ],
      [{ start: 0, end: TEXTS[2]!.length, rule: 'Acme' }],
    ]);
  });

  it.each([
    ['is absent', () => createTrufflehogScanner(join(folder, 'absent')), 'could not be started'],
    ['fails', () => createTrufflehogScanner(standIn('fails', 'process.exit(3)')), 'exit code 3'],
    ['hangs', () => createTrufflehogScanner(standIn('hangs', 'setInterval(() => {}, 1e6)'), 300), 'too long'],
  ])('says so when it %s', async (_way, scanner, reason) => {
    await expect(scanner().scan(TEXTS)).rejects.toThrow(reason);
  });

  it('keeps spans from being stored when it is required, and only then', async () => {
    const scanner = createTrufflehogScanner(join(folder, 'absent'));
    const body = Buffer.from(
      JSON.stringify({
        resourceSpans: [
          {
            scopeSpans: [
              {
                spans: [
                  {
                    traceId: '5b8efff798038103d269b633813fc60c',
                    spanId: 'eee19b7ec3c1b174',
                    name: 'a span with a longer name',
                    startTimeUnixNano: `${Date.now()}000000`,
                    endTimeUnixNano: `${Date.now()}000000`,
                  },
                ],
              },
            ],
          },
        ],
      }),
    );
    const inspect = (required: boolean) =>
      inspectTraces(body, 'json', {
        redactor,
        limits: DEFAULT_DECODE_LIMITS,
        clock: Date.now,
        ingestedAt: 1,
        secondScanners: [{ scanner, required }],
      });
    await expect(inspect(true)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', status: 503 });
    expect(await inspect(false)).toMatchObject({ accepted: 1, scannedAgain: { trufflehog: -1 } });
  });

  const real = process.env['SPANWARDEN_TRUFFLEHOG'];
  if (real === undefined) {
    process.stderr.write(
      'SKIPPED: the real TruffleHog. Build it with build-trufflehog.sh and set SPANWARDEN_TRUFFLEHOG.\n',
    );
  }
  it.skipIf(real === undefined)('the real one finds a key and leaves the rest', async () => {
    const scanner: SecondScanner = createTrufflehogScanner(real!);
    const found = await scanner.scan(['nothing here', `slack ${SLACK} end`]);
    expect(found[0]).toEqual([]);
    expect(found[1]).toContainEqual(expect.objectContaining({ start: 6, end: 6 + SLACK.length }));
  });
});
