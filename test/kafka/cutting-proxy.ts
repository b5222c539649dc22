import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between clients and a broker, and can cut a connection at the worst moment. */
export interface CuttingProxy {
  readonly port: number;
  /** Port on loopback to which it passes everything on. */
  target(port: number): void;
  /** The next large request still reaches the broker; its answer does not reach the client. */
  cutNextAnswer(): void;
  /** Connections cut so far. */
  cuts(): number;
  stop(): void;
}

/** A chunk of this many bytes is part of a large request. */
const LARGE = 8_192;

export async function startCuttingProxy(): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let target = 0;
  let armed = false;
  let cuts = 0;

  const server = createServer((client) => {
    const broker = connect(target, '127.0.0.1');
    let doomed = false;
    const end = () => {
      client.destroy();
      broker.destroy();
    };
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', (chunk: Buffer) => {
      if (armed && chunk.length >= LARGE) {
        armed = false;
        doomed = true;
      }
      broker.write(chunk);
    });
    broker.on('data', (chunk: Buffer) => {
      if (!doomed) return void client.write(chunk);
      cuts += 1;
      end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    target: (port) => {
      target = port;
    },
    cutNextAnswer: () => {
      armed = true;
    },
    cuts: () => cuts,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
