import { connect } from 'node:net';

export type Asked = 'ok' | 'failed' | 'nobody';

/** Hands an event to the resident process and waits until it is on disk. `nobody`: there is none, or it went away. */
export function askResident(path: string, head: string, payload: Uint8Array): Promise<Asked> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let answer = '';
    socket.on('connect', () => {
      socket.write(`${head}\n`);
      socket.end(payload);
    });
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => resolve('nobody'));
    socket.on('close', () => resolve(answer === 'ok' || answer === 'failed' ? answer : 'nobody'));
  });
}

export function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
