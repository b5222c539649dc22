import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../running-server.ts';

/** Where test/s3/build-versitygw.sh puts it. */
const BINARY = process.env['TEST_VERSITYGW'] ?? join(homedir(), '.cache/spanwarden/versitygw');

export const S3_CREDENTIALS = { accessKeyId: 'spanwarden', secretAccessKey: 'a secret of the tests' };
export const BUCKET = 'archive';

/** Whether the server can be started; says loudly that tests are left out when not. Where it is named by variable it must be there. */
export function hasS3Server(): boolean {
  if (existsSync(BINARY)) return true;
  if (process.env['TEST_VERSITYGW'] !== undefined)
    throw new Error(`TEST_VERSITYGW names ${BINARY}, which is not there`);
  process.stderr.write(
    `\n*** THE ARCHIVE IS NOT TESTED AGAINST S3: build a server with test/s3/build-versitygw.sh ${BINARY} (needs Go) ***\n\n`,
  );
  return false;
}

export interface S3Server {
  readonly endpoint: string;
  /** Folder of the bucket's objects. */
  readonly folder: string;
  /** Bytes that clients sent so far. */
  sent(): number;
  /** From now on connections are cut once this many more bytes have been sent; undefined lets everything through again. */
  cutAfter(bytes: number | undefined): void;
  stop(): Promise<void>;
}

/** A Versity S3 gateway over a folder, behind a small proxy that can cut connections. */
export async function startS3Server({ versioned = false } = {}): Promise<S3Server> {
  const root = mkdtempSync(join(tmpdir(), 'spanwarden-s3-'));
  const socket = join(root, 'gateway.sock');
  const folder = join(root, 'objects', BUCKET);
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(root, 'versions'));
  mkdirSync(join(root, 'sidecar'));
  const { accessKeyId, secretAccessKey } = S3_CREDENTIALS;
  const versions = versioned ? ['--versioning-dir', join(root, 'versions')] : [];
  // Attributes of objects beside them: not every file system keeps attributes.
  const backend = ['posix', '--sidecar', join(root, 'sidecar'), ...versions, join(root, 'objects')];
  const args = ['--access', accessKeyId, '--secret', secretAccessKey, '--port', socket, '--quiet', ...backend];
  const gateway = spawn(BINARY, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  gateway.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  gateway.on('error', (error) => {
    said += error.message;
  });

  let sent = 0;
  let cutAt = Number.POSITIVE_INFINITY;
  const open = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(socket);
    open.add(client);
    const cut = () => {
      client.destroy();
      server.destroy();
      open.delete(client);
    };
    for (const side of [client, server]) side.on('error', cut).on('close', cut);
    client.on('data', (chunk) => {
      sent += chunk.length;
      if (sent > cutAt) cut();
      else server.write(chunk);
    });
    server.pipe(client);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  await until(
    async () => {
      if (gateway.exitCode !== null) throw new Error(`versitygw ended: ${said}`);
      return fetch(endpoint).then(
        () => true,
        () => undefined,
      );
    },
    60_000,
    'an S3 server',
  );
  return {
    endpoint,
    folder,
    sent: () => sent,
    cutAfter: (bytes) => {
      cutAt = bytes === undefined ? Number.POSITIVE_INFINITY : sent + bytes;
    },
    stop: async () => {
      for (const client of open) client.destroy();
      proxy.close();
      const gone = new Promise((resolve) => gateway.once('exit', resolve));
      if (gateway.exitCode === null && gateway.signalCode === null) {
        gateway.kill('SIGKILL');
        await gone;
      }
      rmSync(root, { recursive: true, force: true });
    },
  };
}
