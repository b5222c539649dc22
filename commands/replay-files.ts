import { progressBar } from '../ingest/progress-bar.ts';
import { openInput, replay } from '../ingest/replay.ts';
import { printLine } from './print-line.ts';

export interface ReplayFilesOptions {
  readonly to: string;
  readonly token?: string;
  readonly rate?: number;
}

/** Posts the files' requests to an OTLP endpoint and prints the counts. Exit code 1 when any were not taken. */
export async function replayFiles(
  files: readonly string[],
  { to: url, token, rate }: ReplayFilesOptions,
): Promise<void> {
  const input = openInput(files, process.stdin);
  const started = performance.now();
  const bar = progressBar('replay', 'bytes', process.stderr);
  const counts = await replay(input.lines, { url, token, rate }, ({ sent }) =>
    bar.show(input.read(), input.size, `${sent} spans`),
  ).finally(bar.stop);
  for (const [reason, times] of counts.reasons) printLine(`${times} times: ${reason}`);
  const pace = Math.round(counts.sent / ((performance.now() - started) / 1_000));
  printLine(`${counts.sent} spans sent, ${counts.accepted} accepted, ${counts.rejected} rejected, ${pace} spans/s`);
  if (counts.rejected > 0 || counts.failed > 0) process.exitCode = 1;
}
