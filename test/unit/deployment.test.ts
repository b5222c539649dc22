import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { configJsonSchema } from '../../engine/config/settings-schema.ts';

const { properties } = configJsonSchema() as { properties: Record<string, { default?: unknown }> };
const SETTINGS = new Set(Object.keys(properties).map((name) => `SPANWARDEN_${name.toUpperCase()}`));
const COMMANDS = [
  ['start'],
  ['migrate'],
  ['ingest'],
  ['ingest', '--only', 'receive'],
  ['ingest', '--only', 'work'],
  ['engine'],
  ['dashboards'],
];

interface Pod {
  securityContext: { runAsNonRoot?: boolean; runAsUser?: number };
  containers: {
    args: string[];
    ports?: { name: string; containerPort: number }[];
    securityContext: {
      readOnlyRootFilesystem?: boolean;
      allowPrivilegeEscalation?: boolean;
      capabilities: { drop: string[] };
    };
    volumeMounts: { mountPath: string }[];
  }[];
}
interface Resource {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec?: { template?: { spec: Pod }; ports?: { port: number }[] };
}
interface Service {
  image?: string;
  command?: string[];
  environment?: Record<string, string>;
  read_only?: boolean;
  ports?: string[];
  depends_on?: Record<string, unknown>;
}

const resources = globSync('deploy/kubernetes/*.yaml')
  .filter((file) => !file.endsWith('kustomization.yaml'))
  .flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as Resource));
const compose = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as { services: Record<string, Service> };
const ours = Object.entries(compose.services).filter(([, { image }]) => image === 'spanwarden');

describe('compose.yaml', () => {
  it.each(ours)(
    '%s is told nothing that is no setting, and runs a command that there is',
    (_, { command, environment, read_only }) => {
      expect(Object.keys(environment!).filter((name) => !SETTINGS.has(name))).toEqual([]);
      expect(COMMANDS).toContainEqual(command);
      expect(read_only).toBe(true);
    },
  );

  it('runs every role, publishes on loopback alone, and waits only for services that there are', () => {
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'ingest', 'engine', 'dashboards']);
    for (const { ports = [], depends_on = {} } of Object.values(compose.services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      for (const name of Object.keys(depends_on)) expect(compose.services).toHaveProperty(name);
    }
  });
});

describe('deploy/kubernetes', () => {
  const workloads = resources.filter(({ spec }) => spec?.template !== undefined);

  it.each(workloads)(
    '$metadata.name runs a command that there is, without rights and on a read-only root',
    ({ spec }) => {
      const pod = spec!.template!.spec;
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      for (const { args, securityContext, volumeMounts, ports = [] } of pod.containers) {
        expect(COMMANDS).toContainEqual(args);
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(volumeMounts.map(({ mountPath }) => mountPath)).toEqual(['/data', '/tmp']);
        for (const { name, containerPort } of ports) {
          const setting = { api: 'port', otlp: 'otlp_port', 'otlp-grpc': 'otlp_grpc_port' }[name]!;
          expect(containerPort, name).toBe(properties[setting]!.default ?? 4_317);
        }
      }
    },
  );

  it('tells nothing that is no setting', () => {
    const told = resources.flatMap(({ data = {}, stringData = {} }) => Object.keys({ ...data, ...stringData }));
    expect(told.length).toBeGreaterThan(8);
    expect(told.filter((name) => !SETTINGS.has(name))).toEqual([]);
  });

  it('names each file in kustomization.yaml but the secret', () => {
    const { resources: named } = parse(readFileSync('deploy/kubernetes/kustomization.yaml', 'utf8')) as {
      resources: string[];
    };
    const files = globSync('*.yaml', { cwd: 'deploy/kubernetes' });
    expect([...named, 'kustomization.yaml', 'secret.example.yaml'].sort()).toEqual(files.sort());
  });
});
