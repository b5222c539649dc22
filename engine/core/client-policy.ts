/** What of a session's content the client on a developer's machine may record. */
export type CaptureLevel = 'full' | 'metadata' | 'minimal';

/** An org's policy for the client, as the server sends it and as device management puts it in a file. JSON, snake_case. */
export interface ClientPolicy {
  readonly version: number;
  /** Seconds until the forwarder asks again. */
  readonly refresh_seconds: number;
  /** Reduces every event to minimal metadata, whatever else is said. */
  readonly disabled: boolean;
  readonly capture: {
    /**
     * `full`: what the switches below allow. `metadata`: names, models, lengths, repository and branch, no content and no paths.
     * `minimal`: that something of a kind happened in a session at a time.
     */
    readonly level: CaptureLevel;
    readonly prompts: 'redacted' | 'off';
    readonly tool_arguments: 'redacted' | 'off';
    /** Changes of files; analysed by the server, not stored. */
    readonly edits: 'redacted' | 'off';
    /** `email` sends the developer's address as it is, so that the server's token for it is the org's. */
    readonly identity: 'redacted' | 'email';
  };
  /** Globs. Of an ignored repository or folder nothing is recorded; of an ignored file, that a tool was called. */
  readonly ignore: {
    readonly repositories: readonly string[];
    readonly folders: readonly string[];
    readonly files: readonly string[];
    /** Files that git ignores are ignored. */
    readonly gitignore: boolean;
  };
}

/** What an org has until it decides otherwise. */
export const DEFAULT_CLIENT_POLICY: ClientPolicy = {
  version: 0,
  refresh_seconds: 300,
  disabled: false,
  capture: { level: 'full', prompts: 'redacted', tool_arguments: 'redacted', edits: 'redacted', identity: 'redacted' },
  ignore: { repositories: [], folders: [], files: [], gitignore: true },
};

/** What applies on a machine that never had a policy. */
export const STRICTEST_CLIENT_POLICY: ClientPolicy = {
  version: 0,
  refresh_seconds: 300,
  disabled: true,
  capture: { level: 'minimal', prompts: 'off', tool_arguments: 'off', edits: 'off', identity: 'redacted' },
  ignore: { repositories: [], folders: [], files: [], gitignore: true },
};

export const CLIENT_POLICY_LIMITS = { globs: 1_000, globLength: 500, refreshSeconds: [10, 86_400] } as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The policy that `value` says; undefined when it is none: a field that is missing or unknown means that a part of what somebody
 * decided would be lost, so the whole is refused.
 */
export function parseClientPolicy(value: unknown): ClientPolicy | undefined {
  if (!hasExactly(value, ['version', 'refresh_seconds', 'disabled', 'capture', 'ignore'])) return undefined;
  const { version, refresh_seconds, disabled, capture, ignore } = value;
  if (!isWhole(version, 0, Number.MAX_SAFE_INTEGER)) return undefined;
  if (!isWhole(refresh_seconds, ...CLIENT_POLICY_LIMITS.refreshSeconds)) return undefined;
  if (typeof disabled !== 'boolean') return undefined;
  if (!hasExactly(capture, ['level', 'prompts', 'tool_arguments', 'edits', 'identity'])) return undefined;
  const { level, prompts, tool_arguments, edits, identity } = capture;
  if (!isOne(level, ['full', 'metadata', 'minimal']) || !isOne(identity, ['redacted', 'email'])) return undefined;
  if (!isSwitch(prompts) || !isSwitch(tool_arguments) || !isSwitch(edits)) return undefined;
  if (!hasExactly(ignore, ['repositories', 'folders', 'files', 'gitignore'])) return undefined;
  const { repositories, folders, files, gitignore } = ignore;
  if (!areGlobs(repositories) || !areGlobs(folders) || !areGlobs(files) || typeof gitignore !== 'boolean') {
    return undefined;
  }
  return {
    version,
    refresh_seconds,
    disabled,
    capture: { level, prompts, tool_arguments, edits, identity },
    ignore: { repositories, folders, files, gitignore },
  };
}

function hasExactly(value: unknown, keys: readonly string[]): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isOne<T extends string>(value: unknown, of: readonly T[]): value is T {
  return of.includes(value as T);
}

function isSwitch(value: unknown): value is 'redacted' | 'off' {
  return isOne(value, ['redacted', 'off']);
}

function areGlobs(value: unknown): value is string[] {
  const { globs, globLength } = CLIENT_POLICY_LIMITS;
  return (
    Array.isArray(value) &&
    value.length <= globs &&
    value.every((glob) => typeof glob === 'string' && glob.length > 0 && glob.length <= globLength)
  );
}
