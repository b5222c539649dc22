import { readFileSync } from 'node:fs';

/** `client.json` in the state folder: written by the installation, readable by everyone. All fields have defaults. */
export interface ClientSettings {
  /** Where spans go, e.g. https://spanwarden.example:4318; nothing is sent while it is empty. */
  readonly otlpEndpoint: string;
  /** Where the policy comes from, e.g. https://spanwarden.example/api/v1/policy; not asked for while it is empty. */
  readonly policyUrl: string;
  /** A hook lets the tool go on after this time, whatever state its work is in. */
  readonly hookTimeoutMs: number;
  /** The resident process ends after this time without an event. */
  readonly residentIdleMs: number;
  readonly spoolMaxBytes: number;
  readonly spoolMaxAgeMs: number;
}

const DAY_MS = 86_400_000;

/** Each with its name in the file, and the least and the most that it may be. */
const NUMBERS = {
  hookTimeoutMs: ['hook_timeout_ms', 2_000, 50, 600_000],
  residentIdleMs: ['resident_idle_ms', 600_000, 1_000, DAY_MS],
  spoolMaxBytes: ['spool_max_bytes', 256 * 1024 * 1024, 64 * 1024, 64 * 1024 ** 3],
  spoolMaxAgeMs: ['spool_max_age_ms', 14 * DAY_MS, 1_000, 400 * DAY_MS],
} as const;

/** Never throws: what is missing or wrong has its default. */
export function readClientSettings(path: string): ClientSettings {
  const said = readObject(path);
  const number = (field: keyof typeof NUMBERS): number => {
    const [name, standard, least, most] = NUMBERS[field];
    const value = said[name];
    return typeof value === 'number' && value >= least && value <= most ? value : standard;
  };
  return {
    otlpEndpoint: text(said['otlp_endpoint']),
    policyUrl: text(said['policy_url']),
    hookTimeoutMs: number('hookTimeoutMs'),
    residentIdleMs: number('residentIdleMs'),
    spoolMaxBytes: number('spoolMaxBytes'),
    spoolMaxAgeMs: number('spoolMaxAgeMs'),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function readObject(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // none, or none that can be read
  }
  return {};
}
