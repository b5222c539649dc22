import { chmodSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../engine/core/clock.ts';
import { readClientSettings } from '../client-settings.ts';
import { createEventHandler, type EventHandler, type HookInput } from '../handle-event.ts';
import { isToolName } from '../hooks/coding-tools.ts';
import { claimSpoolFolder, type StateFolder, spoolFolder } from '../state-folder.ts';
import { canConnect } from './ask-resident.ts';
import { socketPath } from './socket-path.ts';
import { startingMark } from './start-resident.ts';

/** An event with more is not read; see also what a hook reads. */
const MOST_BYTES = 5 * 1024 * 1024;
const CHECK_MS = 1_000;

/**
 * Keeps the redactor in memory between hook processes, which are then as quick as Node starts. Takes an event on its socket, answers `ok`
 * once it is on disk, and ends when there is nothing to do, another has its place, its folder is gone, or its program has changed.
 */
export async function runResident(state: StateFolder, program: string): Promise<void> {
  process.umask(0o077);
  const folder = spoolFolder(state);
  claimSpoolFolder(folder);
  const path = socketPath(folder);
  const settings = readClientSettings(state.settings);
  let handler: EventHandler | undefined;
  let lastEvent = performance.now();
  const server = createServer({ allowHalfOpen: true }, (socket) =>
    takeEvent(socket, (input) => {
      lastEvent = performance.now();
      handler ??= createEventHandler(state, settings, systemClock);
      handler.handle(input);
    }),
  );
  if (!(await listen(server, path))) return;
  // for whoever takes the client off the machine
  writeFileSync(join(folder, 'resident.pid'), String(process.pid));
  rmSync(startingMark(folder), { force: true });
  const own = identity(path);
  const programmed = identity(program);
  // made before the first event is there, while that is on its way
  setImmediate(() => {
    try {
      handler ??= createEventHandler(state, settings, systemClock);
    } catch {
      process.exit(1);
    }
  });
  setInterval(() => {
    const replaced = identity(path) !== own || identity(program) !== programmed;
    if (!replaced && performance.now() - lastEvent < settings.residentIdleMs) return;
    if (identity(path) === own) rmSync(path, { force: true });
    handler?.close();
    process.exit(0);
  }, CHECK_MS);
}

/** False when another resident is there already. */
async function listen(server: Server, path: string): Promise<boolean> {
  const attempt = () =>
    new Promise<boolean>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
      );
      server.listen(path, () => resolve(true));
    });
  if (!(await attempt())) {
    if (await canConnect(path)) return false;
    // left behind by one that was killed
    rmSync(path, { force: true });
    if (!(await attempt())) return false;
  }
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return true;
}

function takeEvent(socket: Socket, handle: (input: HookInput) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) socket.destroy();
    else chunks.push(chunk);
  });
  socket.on('end', () => {
    // whoever went away has done without us
    if (socket.destroyed) return;
    let answer = 'ok';
    try {
      handle(inputOf(Buffer.concat(chunks).toString('utf8')));
    } catch {
      // never the reason: it could hold what was to be redacted
      answer = 'failed';
    }
    socket.end(answer);
  });
}

/** A line that says the tool and the event's name, then the payload. */
function inputOf(text: string): HookInput {
  const end = text.indexOf('\n');
  const [tool = '', eventName = ''] = text.slice(0, end).split(' ');
  if (!isToolName(tool)) throw new Error('no such tool');
  return { tool, eventName, payload: text.slice(end + 1) };
}

function identity(path: string): string {
  try {
    const { ino, mtimeMs } = statSync(path);
    return `${ino} ${mtimeMs}`;
  } catch {
    return '';
  }
}
