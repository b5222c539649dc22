import { join } from 'node:path';

/** Where a user's resident process listens: a socket in a folder that nobody else can enter; on Windows a named pipe. */
export function socketPath(folder: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32') return join(folder, 'resident.sock');
  return `\\\\.\\pipe\\spanwarden-${folder.replace(/[^A-Za-z0-9]+/g, '-')}`;
}
