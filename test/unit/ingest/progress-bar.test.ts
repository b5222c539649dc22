import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { progressBar } from '../../../ingest/progress-bar.ts';

/** What is written to something that is no terminal. */
function piped() {
  const stream = new PassThrough();
  const written = () => String(stream.read() ?? '');
  return { stream: stream as unknown as NodeJS.WriteStream, written };
}

describe('progress in a pipe', () => {
  it('is whole lines: the last for sure, and no flood before it', () => {
    const { stream, written } = piped();
    const bar = progressBar('replay', 'bytes', stream);
    for (let value = 1; value <= 10_000; value++) bar.show(value, 10_000, `${value} spans`);
    bar.stop();
    const lines = written().split('\n');
    expect(lines.length).toBeLessThan(5);
    expect(lines.slice(-2)).toEqual(['replay: 10000/10000 bytes  10000 spans', '']);
  });

  it('leaves a total out that nobody knows', () => {
    const { stream, written } = piped();
    const bar = progressBar('replay', 'bytes', stream);
    bar.show(7, 0, '1 spans');
    bar.stop();
    expect(written()).toBe('replay: 7 bytes  1 spans\n');
  });

  it('is silent when nothing was sent', () => {
    const { stream, written } = piped();
    progressBar('replay', 'bytes', stream).stop();
    expect(written()).toBe('');
  });
});

describe('progress on a terminal', () => {
  it('fits its line and leaves the terminal as it was', () => {
    const { stream, written } = piped();
    const terminal = Object.assign(stream, {
      isTTY: true,
      columns: 80,
      cursorTo: () => true,
      clearLine: () => true,
      moveCursor: () => true,
    });
    const bar = progressBar('sample sessions', 'spans', terminal);
    bar.show(1, 200, 'x'.repeat(500));
    bar.show(200, 200, 'y'.repeat(500));
    bar.stop();
    const output = written();
    expect(output).toContain('200/200 spans');
    const [hideCursor, stopWrapping] = ['\u001b[?25l', '\u001b[?7l'];
    expect(output).not.toContain(hideCursor);
    expect(output).not.toContain(stopWrapping);
    const lines = output.match(/sample sessions [█░]+ [\w/]+ spans {2}[xy]+/g)!;
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThan(80);
  });
});
