import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { temporaryFolder, until } from '../running-server.ts';
import { fetchKafka } from './fetch-kafka.ts';

/** One Kafka in KRaft mode, broker and controller in one process, on loopback. */
export interface KafkaBroker {
  /** `host:port`, of the proxy where there is one. */
  readonly address: string;
  /** The broker's own port. */
  readonly port: number;
  readonly process: () => ChildProcess;
  /** Starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Stops it and resolves when the process is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  log(): string;
}

export interface BrokerOptions {
  /** Lines for server.properties. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Where it keeps its logs; a new folder in the temp folder when left out. */
  readonly logs?: string;
  /** Listener in front: PLAINTEXT when left out. */
  readonly security?: 'PLAINTEXT' | 'SASL_SSL';
  /** Name under which clients reach it; 127.0.0.1 when left out. */
  readonly host?: string;
  /** Port that clients are told, of a proxy in front; the broker's own when left out. */
  readonly advertisedPort?: number;
}

const READY_MS = 110_000;
const HEAP = '-Xmx384m';

/** Starts a broker. Throws what is missing when there is no Kafka here. */
export async function startBroker({
  properties = {},
  logs,
  security = 'PLAINTEXT',
  host = '127.0.0.1',
  advertisedPort,
}: BrokerOptions = {}): Promise<KafkaBroker> {
  const fetched = await fetchKafka();
  if ('missing' in fetched) throw new Error(fetched.missing);
  const folder = temporaryFolder();
  const [port, innerPort, controllerPort] = await freePorts(3);
  const address = `${host}:${advertisedPort ?? port}`;
  const inner = `INNER://127.0.0.1:${innerPort}`;
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `CLIENT://${host}:${port},${inner},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENT://${address},${inner}`,
    'listener.security.protocol.map': `CLIENT:${security},INNER:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    'inter.broker.listener.name': 'INNER',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logs ?? join(folder, 'logs'),
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
    // A broker that was killed is let in again only when its session is over.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
    ...properties,
  };
  const file = join(folder, 'server.properties');
  mkdirSync(settings['log.dirs']!, { recursive: true });
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  const java = (main: string, args: readonly string[]): ChildProcess => {
    const options = [HEAP, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];
    const child = spawn('java', [...options, '-cp', `${fetched.jars}/*`, main, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk).slice(-20_000);
      });
      stream.on('error', () => undefined);
    }
    child.on('error', (error) => {
      output += error.message;
    });
    return child;
  };
  let output = '';
  let broker: ChildProcess | undefined;
  // Whatever becomes of the tests, no broker outlives them.
  process.on('exit', () => broker?.kill('SIGKILL'));

  const format = java('kafka.tools.StorageTool', ['format', '-t', 'MkU3OEVBNTcwNTJENDM2Qg', '-c', file]);
  const code = await new Promise((resolve) => format.once('close', resolve));
  if (code !== 0) throw new Error(`Kafka's storage could not be formatted:\n${output}`);

  async function start(): Promise<void> {
    broker = java('kafka.Kafka', [file]);
    const dead = new Promise<never>((_, reject) =>
      broker!.once('close', (exit) => reject(new Error(`Kafka ended with ${exit}:\n${output}`))),
    );
    dead.catch(() => undefined);
    await Promise.race([dead, answers(`127.0.0.1:${innerPort}`)]);
  }
  await start();
  return {
    address,
    port: port!,
    process: () => broker!,
    restart: async () => {
      output = '';
      await start();
    },
    log: () => output,
    async stop(signal = 'SIGTERM') {
      const child = broker;
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.kill(signal);
      await gone;
      if (logs === undefined && signal === 'SIGTERM') rmSync(join(folder, 'logs'), { recursive: true, force: true });
    },
  };
}

/** Says why there is no broker for the tests; undefined when there is one. TEST_KAFKA=required makes it an error. */
export async function whyNoKafka(): Promise<string | undefined> {
  const fetched = await fetchKafka();
  if ('jars' in fetched) return undefined;
  if (process.env['TEST_KAFKA'] === 'required') throw new Error(`a Kafka broker is required here: ${fetched.missing}`);
  return fetched.missing;
}

async function answers(address: string): Promise<void> {
  await until(
    async () => {
      const admin = new Kafka({
        brokers: [address],
        logLevel: logLevel.NOTHING,
        retry: { retries: 0 },
        connectionTimeout: 2_000,
      }).admin();
      try {
        await admin.connect();
        return (await admin.describeCluster()).brokers.length > 0;
      } catch {
        return false;
      } finally {
        await admin.disconnect().catch(() => undefined);
      }
    },
    READY_MS,
    'Kafka that answers',
  );
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** `node test/kafka/kafka-broker.ts` starts one to try things with, until it is told to stop. */
if (process.argv[1] === new URL(import.meta.url).pathname) {
  const broker = await startBroker();
  process.stdout.write(`kafka ${broker.address} process ${readFileSync(`/proc/${broker.process().pid}/comm`, 'utf8')}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void broker.stop().then(() => process.exit()));
}
