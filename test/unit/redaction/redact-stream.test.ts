import { describe, expect, it } from 'vitest';
import { isCoded } from '../../../engine/core/errors.ts';
import { redactJsonLines, redactTextStream } from '../../../engine/redaction/redact-stream.ts';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { expandExample, seededRandom } from './expand-example.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(8) });

async function collect(stream: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of stream) text += piece;
  return text;
}

/** The text in pieces of random length, some empty, some of one unit. */
function* pieces(text: string, random: () => number, longest: number): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const length = Math.floor(random() ** 4 * longest);
    yield text.slice(at, at + length);
    at += length;
  }
}

describe('a stream of text', () => {
  it('comes out as the text would as a whole, wherever the chunks end', async () => {
    const random = seededRandom(21);
    let text = '';
    for (let line = 0; text.length < 900_000; line++) {
      text += `2026-11-21 line ${line} of the log, `;
      if (line % 50 === 0)
        text += `token ghp_${expandExample('{b62:36}', random).text}, mail user${line}@example.com 😀`;
      text += line % 7 === 0 ? '\n' : ' ';
    }
    const streamed = await collect(redactTextStream(pieces(text, random, 90_000), redactor));
    expect(streamed).toBe(redactor.redactText(text).text);
    expect(streamed).not.toContain('ghp_');
  });

  it('finds a secret on every border of a window', async () => {
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${'MIIEabc123+/'.repeat(200)}\n-----END RSA PRIVATE KEY-----`;
    for (let shift = 0; shift < 4000; shift += 457) {
      const text = `${'x '.repeat((256 * 1024 - shift) / 2)}${key} and ${'y '.repeat(200_000)}`;
      const streamed = await collect(redactTextStream([text], redactor));
      expect(streamed).not.toContain('MIIE');
      expect(streamed.length).toBe(text.length - key.length + '[PRIVATE_KEY:....]'.length);
    }
  });

  it('stays bounded on a key that never ends, and goes on after it', async () => {
    async function* endless(): AsyncGenerator<string> {
      yield 'before -----BEGIN PRIVATE KEY-----\n';
      for (let chunk = 0; chunk < 60; chunk++) yield `${'QUJD'.repeat(16_384)}\n`;
      yield ` after bob@example.com`;
    }
    const streamed = await collect(redactTextStream(endless(), redactor));
    expect(streamed).toMatch(/^before \[PRIVATE_KEY:/);
    expect(streamed).toMatch(/after \[EMAIL:\w{4}\]$/);
  });

  it('does not cut a pair of surrogates', async () => {
    const text = '😀'.repeat(300_000);
    const out: string[] = [];
    for await (const piece of redactTextStream(pieces(text, seededRandom(5), 70_001), redactor)) out.push(piece);
    expect(out.every((piece) => piece.isWellFormed())).toBe(true);
    expect(out.join('')).toBe(text);
  });

  it('of nothing is nothing', async () => {
    expect(await collect(redactTextStream([], redactor))).toBe('');
    expect(await collect(redactTextStream([''], redactor))).toBe('');
  });
});

describe('JSON lines', () => {
  it('answer each text with its findings, offsets in the text as it came', async () => {
    const out = await collect(
      redactJsonLines(['{"text":"😀 bob@exa', 'mple.com"}\n\n{"text":"fine","id":1}'], redactor),
    );
    const [first, second] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first.text).toMatch(/^😀 \[EMAIL:\w{4}\]$/);
    expect(first.findings).toEqual([
      { kind: 'EMAIL', start: 3, end: 18, fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ]);
    expect(second).toEqual({ text: 'fine', findings: [] });
  });

  it.each(['not json', '[]', '{"text":1}', 'null', '{"text":"a"'])('refuse %s and say which line', async (line) => {
    const error = await collect(redactJsonLines([`{"text":"a"}\n${line}\n`], redactor)).catch(
      (reason: unknown) => reason,
    );
    expect(isCoded(error, 'BAD_REQUEST')).toBe(true);
    expect((error as Error).message).toContain('line 2');
  });
});
