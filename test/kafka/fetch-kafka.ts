import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const KAFKA_VERSION = '4.1.1';
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>fetch</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${KAFKA_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
/** Maven downloads some 45 MB. */
const DEADLINE_MS = 8 * 60_000;

/** Where the jars are kept between runs. */
export function kafkaFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(process.env['TEST_KAFKA_CACHE'] ?? join(cache, 'spanwarden'), `kafka-${KAFKA_VERSION}`);
}

/**
 * Fetches Apache Kafka with all it depends on from Maven Central, unless it is there. Answers the folder of jars; undefined when Java or
 * Maven is missing or Maven Central can't be reached. Runs side by side safely: a folder appears whole or not at all.
 */
export async function fetchKafka(): Promise<{ jars: string } | { missing: string }> {
  const folder = kafkaFolder();
  const jars = join(folder, 'jars');
  const java = await run('java', ['-version']);
  if (java !== '') return { missing: `Java does not run (${java})` };
  if (existsSync(jars) && readdirSync(jars).length > 0) return { jars };
  const draft = `${folder}.${process.pid}.${Date.now()}`;
  mkdirSync(draft, { recursive: true });
  try {
    writeFileSync(join(draft, 'pom.xml'), POM);
    const output = `-DoutputDirectory=${join(draft, 'jars')}`;
    const failed = await run('mvn', ['-q', '-B', '-f', join(draft, 'pom.xml'), 'dependency:copy-dependencies', output]);
    if (failed !== '') return { missing: `Maven could not fetch Kafka ${KAFKA_VERSION} (${failed})` };
    try {
      renameSync(draft, folder);
    } catch (error) {
      // Another run was faster.
      if (!existsSync(jars)) throw error;
    }
    return { jars };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Answers '' when it worked, else why not. */
function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: DEADLINE_MS });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk).slice(-2_000);
      });
      stream.on('error', () => undefined);
    }
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => resolve(code === 0 ? '' : (output.trim().split('\n').at(-1) ?? `exit code ${code}`)));
  });
}
