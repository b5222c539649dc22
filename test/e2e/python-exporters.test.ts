import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ended, runCommand } from '../run-command.ts';
import { type RunningServer, startServer } from '../running-server.ts';

/**
 * Python's official exporters against the real server. They come from PyPI into an environment that is gone afterwards; where
 * that can't be reached the tests say so and are skipped, unless TEST_PYTHON is set.
 */

const SCRIPT = new URL('../fixtures/otlp/official_exporters.py', import.meta.url).pathname;
const REQUIRED = (process.env['TEST_PYTHON'] ?? '') !== '';

let server: RunningServer | undefined;
let problem = '';
let sent: Ended | undefined;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spanwarden-python-'));
  try {
    problem = await install(folder);
    if (problem !== '') return;
    server = await startServer();
    const python = join(folder, 'bin', 'python');
    const env = { GRPC_ENABLE_FORK_SUPPORT: '0' };
    sent = await runCommand([SCRIPT, server.otlp, server.otlp_grpc.replace('http://', ''), server.ingestToken], {
      program: [python],
      env,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);
afterAll(() => server?.stop());

async function install(folder: string): Promise<string> {
  const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--timeout', '20', '--retries', '1'];
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', folder]],
    [join(folder, 'bin', 'python'), [...pip, 'opentelemetry-sdk==1.45.2', 'opentelemetry-exporter-otlp==1.45.2']],
  ];
  for (const [program, args] of steps) {
    const { code, stderr } = await runCommand(args, { program: ['timeout', '180', program] }).catch((error: Error) => ({
      code: -1,
      stderr: error.message,
    }));
    if (code !== 0) return stderr.trim().split('\n').at(-1) ?? `exit code ${code}`;
  }
  return '';
}

test.each(['http', 'grpc'])('spans, logs and metrics of Python over %s', async (name) => {
  if (problem !== '') {
    if (REQUIRED) throw new Error(`Python's exporters could not be installed: ${problem}`);
    process.stderr.write(`NOT TESTED: OTLP from Python. Its exporters could not be installed (${problem})\n`);
    return;
  }
  expect(sent).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/Failed to export|Traceback/) });
  const session = `python-${name}`;
  const rows = await server!.sql(
    `SELECT (SELECT count() FROM otel_traces FINAL WHERE SessionId = {session: String}),
       (SELECT count() FROM otel_logs FINAL WHERE SessionId = {session: String} AND Body = 'careful' AND SeverityNumber = 13),
       (SELECT sum(Value) FROM otel_metrics FINAL WHERE ServiceName = {session: String} AND MetricName = 'python.calls'
          AND TimeUnix = (SELECT max(TimeUnix) FROM otel_metrics WHERE ServiceName = {session: String}))`,
    { session },
  );
  expect(rows[0]!.map(Number)).toEqual([1, 1, 3]);
});
