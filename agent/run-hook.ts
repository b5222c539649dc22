import { read, writeSync } from 'node:fs';
import { type ClientSettings, readClientSettings } from './client-settings.ts';
import { CODING_TOOLS, isToolName } from './hooks/coding-tools.ts';
import type { ToolName } from './hooks/tool-event.ts';
import { askResident } from './resident/ask-resident.ts';
import { socketPath } from './resident/socket-path.ts';
import { claimSpoolFolder, type StateFolder, spoolFolder } from './state-folder.ts';

/** A payload with more is not read to its end; of its event nothing is recorded. */
const MOST_BYTES = 4 * 1024 * 1024;
const BETWEEN_TRIES_MS = 15;

/** Shares of the time limit: until then a resident is waited for, and until then something else is begun. */
const FOR_RESIDENT = 0.5;
const FOR_REDACTION = 0.6;

/**
 * One event of a coding tool, from standard input into the spool. Ends the process with 0 in every case and within its time limit, with
 * what the tool expects on standard output: a hook that observes must never be the reason for anything.
 * @param program the file that Node runs, and the arguments before `resident`, to start the resident process with
 */
export async function runHook(
  words: readonly string[],
  findState: () => StateFolder,
  program: readonly string[],
): Promise<never> {
  process.on('uncaughtException', goOn);
  process.on('unhandledRejection', goOn);
  const [tool = '', eventName = ''] = words;
  // beyond any limit that the settings allow; set before anything that could hang
  let timer = setTimeout(goOn, 5_000);
  try {
    if (isToolName(tool)) {
      const state = findState();
      const settings = readClientSettings(state.settings);
      clearTimeout(timer);
      timer = setTimeout(goOn, settings.hookTimeoutMs);
      const started = performance.now();
      const payload = await readInput();
      answer(tool, eventName, payload);
      if (payload !== undefined) await record(tool, eventName, payload, { state, settings, program, started });
    }
  } catch {
    // the tool goes on, and nothing is told: the reason could hold what is not to be shown
  }
  return goOn();
}

function goOn(): never {
  process.exit(0);
}

/** Undefined for what is longer than an event is. */
async function readInput(): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await readChunk(Buffer.allocUnsafe(65_536));
    if (chunk.length === 0) return Buffer.concat(chunks);
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
    else if (bytes > 64 * MOST_BYTES) return undefined;
    if (bytes > MOST_BYTES) chunks.length = 0;
  }
}

function readChunk(buffer: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    read(0, buffer, 0, buffer.length, null, (error, length) => {
      if (error === null) resolve(buffer.subarray(0, length));
      else if (error.code === 'EOF') resolve(buffer.subarray(0, 0));
      else if (error.code === 'EAGAIN') setTimeout(() => resolve(readChunk(buffer)), 5);
      else reject(error);
    });
  });
}

/** Before anything else is done, so that nothing that happens later can take it away. */
function answer(tool: ToolName, eventName: string, payload: Buffer | undefined): void {
  const text = CODING_TOOLS[tool].answer(eventName || nameIn(payload));
  try {
    if (text !== '') writeSync(1, `${text}\n`);
  } catch {
    // nobody reads it
  }
}

function nameIn(payload: Buffer | undefined): string {
  try {
    const { hook_event_name: name } = JSON.parse(payload?.toString('utf8') ?? '') as { hook_event_name?: unknown };
    return typeof name === 'string' ? name : '';
  } catch {
    return '';
  }
}

interface Recording {
  readonly state: StateFolder;
  readonly settings: ClientSettings;
  readonly program: readonly string[];
  readonly started: number;
}

async function record(tool: ToolName, eventName: string, payload: Buffer, recording: Recording): Promise<void> {
  const { state, settings, started } = recording;
  if (payload.length === 0) return;
  const asked = await throughResident(`${tool} ${eventName}`, payload, recording);
  if (asked) return;
  const { createEventHandler } = await import('./packed.ts');
  const inTime = performance.now() - started < settings.hookTimeoutMs * FOR_REDACTION;
  const handler = createEventHandler(state, settings, Date.now, { redact: inTime });
  handler.handle({ tool, eventName, payload: payload.toString('utf8') });
  handler.close();
}

/** Whether a resident process has put it on disk. */
async function throughResident(head: string, payload: Buffer, recording: Recording): Promise<boolean> {
  const { state, settings, program, started } = recording;
  const folder = spoolFolder(state);
  const path = socketPath(folder);
  let asked = await within(settings.hookTimeoutMs * 0.9, started, askResident(path, head, payload));
  if (asked !== 'nobody') return asked === 'ok';
  claimSpoolFolder(folder);
  const { startResident } = await import('./resident/start-resident.ts');
  startResident(folder, program);
  while (performance.now() - started < settings.hookTimeoutMs * FOR_RESIDENT) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
    asked = await within(settings.hookTimeoutMs * 0.9, started, askResident(path, head, payload));
    if (asked !== 'nobody') return asked === 'ok';
  }
  return false;
}

/** `failed` once the time is over; what was asked goes on, and is given up with the process. */
function within<T>(limitMs: number, started: number, asked: Promise<T>): Promise<T | 'failed'> {
  const left = Math.max(0, limitMs - (performance.now() - started));
  return Promise.race([asked, new Promise<'failed'>((resolve) => setTimeout(() => resolve('failed'), left))]);
}
