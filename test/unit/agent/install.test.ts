import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ToolName } from '../../../agent/hooks/tool-event.ts';
import { installedBundle } from '../../../agent/install/client-bundle.ts';
import { clientStatus } from '../../../agent/install/client-status.ts';
import { doctor } from '../../../agent/install/doctor.ts';
import { type InstallOptions, install, isSame, planInstall } from '../../../agent/install/install.ts';
import { parseJsonText } from '../../../agent/install/json-text.ts';
import { lineDiff } from '../../../agent/install/line-diff.ts';
import type { Machine, Scope } from '../../../agent/install/machine.ts';
import { serviceDefinition } from '../../../agent/install/service-definition.ts';
import { TOOL_NAMES, toolSettings } from '../../../agent/install/tool-settings.ts';
import { uninstall } from '../../../agent/install/uninstall.ts';

const folder = mkdtempSync(join(tmpdir(), 'spanwarden-install-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const bundle = join(folder, 'spanwarden-agent.cjs');
writeFileSync(bundle, '// stands for the client');
let machines = 0;

function machine(scope: Scope, platform: NodeJS.Platform = 'linux'): Machine {
  const root = join(folder, `machine-${machines++}`);
  mkdirSync(root);
  return { scope, platform, env: {}, root, home: '/home/ann', node: '/usr/bin/node' };
}

const only = (...tools: ToolName[]): InstallOptions => ({ tools, service: true });
const fileOf = (on: Machine, tool: ToolName) => toolSettings(on, tool, bundle).file;

function put(on: Machine, path: string, text: string | Uint8Array): string {
  const place = join(on.root, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  return place;
}

/** Every file with its bytes and mode, every folder, every link. */
function picture(on: Machine): Record<string, string> {
  const all = readdirSync(on.root, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    all.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mode } = lstatSync(path);
      return [relative(on.root, path), `${mode.toString(8)} ${entry.isFile() ? readFileSync(path, 'base64') : ''}`];
    }),
  );
}

const OTHERS = { command: './audit.sh' };
const NESTED = { matcher: 'Bash', hooks: [{ type: 'command', command: './audit.sh' }] };

/** Settings as they lie on machines, by the events of their tool. */
const EXISTING: Record<string, (event: string, entry: unknown) => string | undefined> = {
  'no file': () => undefined,
  'an empty file': () => '',
  'white space': () => ' \n\t\n',
  'an empty object': () => '{}',
  'an empty object over lines': () => '{\n}\n',
  'others settings': () => '{\n  "model": "opus",\n  "env": {"A": "1"}\n}\n',
  'others hooks of the same event': (event, entry) =>
    `${JSON.stringify({ version: 1, hooks: { [event]: [entry] } }, null, 2)}\n`,
  'others hooks of another event': (_event, entry) =>
    JSON.stringify({ version: 1, hooks: { other: [entry] } }, null, 4),
  'an empty list': (event) => `{"hooks": {"${event}": []}}`,
  'empty hooks': () => '{ "a": 1, "hooks": { } }\n',
  'one line': (event, entry) => `{"version":1,"hooks":{"${event}":[${JSON.stringify(entry)}]},"b":[1,2]}`,
  tabs: (event, entry) => `${JSON.stringify({ hooks: { [event]: [entry] }, x: { y: [] } }, null, '\t')}\n`,
  'unusual indentation': (event) => `{\n     "hooks":\n  { "${event}"  : [\n ]\n}  ,\n  "z":0 }\n\n\n`,
  'lines of Windows': (event, entry) =>
    JSON.stringify({ hooks: { [event]: [entry] } }, null, 2).replaceAll('\n', '\r\n'),
  'no end of the last line': () => '{\n  "theme": "dark"\n}',
  'a byte-order mark': () => '\uFEFF{\n  "theme": "dark"\n}\n',
  'text beyond ASCII': () => '{\n  "größe": "日本語 \\u00e9 🦊"\n}\n',
};
const COMMENTS: typeof EXISTING = {
  comments: (event, entry) =>
    `// of the team\n{\n  /* hooks: "{" */\n  "hooks": {\n    "${event}": [\n      ${JSON.stringify(entry)}, // last\n    ],\n  },\n  "a": 1, // one\n}\n`,
  'a comment in empty hooks': () => '{"hooks": {\n  // none yet\n}}\n',
};

const TABLE = TOOL_NAMES.flatMap((tool) => {
  const nested = tool !== 'cursor' && tool !== 'copilot-cli';
  const strict = tool === 'codex' || tool === 'cursor';
  return Object.entries({ ...EXISTING, ...(strict ? {} : COMMENTS) }).map(
    ([what, write]) => [tool, what, (event: string) => write(event, nested ? NESTED : OTHERS)] as const,
  );
});

const OF_MACHINE = new Set(['no file', 'an empty list', 'others hooks of the same event']);

describe('install and uninstall', () => {
  it.each([
    ...TABLE.map((row) => ['user', ...row] as const),
    ...TABLE.filter(([, what]) => OF_MACHINE.has(what)).map((row) => ['system', ...row] as const),
  ])(
    'for one %s, of %s over %s: hooks are added, nothing else changes, all comes back',
    (scope, tool, _what, write) => {
      const on = machine(scope);
      const { file, document, format } = toolSettings(on, tool, installedBundle(on, bundle));
      const event = Object.keys(document.hooks)[1]!;
      const text = write(event);
      if (text !== undefined) put(on, file, text);
      else put(on, '/home/ann/notes', '');
      const before = picture(on);

      install(on, bundle, only(tool));
      const written = readFileSync(join(on.root, file), 'utf8');
      const { hooks } = JSON.parse(stripped(written)) as { hooks: Record<string, unknown[]> };
      for (const [name, entries] of Object.entries(document.hooks)) expect(hooks[name]).toContainEqual(entries[0]);
      for (const line of (text ?? '').split(/\r?\n/))
        if (line.includes('//')) expect(written).toContain(line.slice(line.indexOf('//')));
      if (text?.trim()) {
        const own = JSON.parse(stripped(text)) as Record<string, unknown>;
        const now = JSON.parse(stripped(written)) as Record<string, unknown>;
        for (const [name, value] of Object.entries(own)) if (name !== 'hooks') expect(now[name]).toEqual(value);
        for (const [name, entries] of Object.entries((own['hooks'] ?? {}) as Record<string, unknown[]>))
          expect(hooks[name]!.slice(0, entries.length)).toEqual(entries);
        if (text.includes('\r\n')) expect(written.replaceAll('\r\n', '')).not.toContain('\n');
      }
      expect(format === 'json' || format === 'jsonc').toBe(true);

      const installed = picture(on);
      expect(planInstall(on, bundle, only(tool)).changes.every(isSame)).toBe(true);
      install(on, bundle, only(tool));
      expect(picture(on)).toEqual(installed);

      expect(uninstall(on, { keepData: false })).toBe(true);
      expect(picture(on)).toEqual(before);
      expect(uninstall(on, { keepData: false })).toBe(false);
    },
  );

  it.each(TABLE)('%s, over %s: what someone adds afterwards stays', (tool, _what, write) => {
    const on = machine('user');
    const { file, document } = toolSettings(on, tool, bundle);
    const text = write(Object.keys(document.hooks)[1]!);
    if (text !== undefined) put(on, file, text);
    install(on, bundle, only(tool));
    const place = join(on.root, file);
    const changed = readFileSync(place, 'utf8').replace('{', '{ "later": true,');
    writeFileSync(place, changed);
    // a second installation knows it too
    install(on, bundle, only(tool));
    expect(readFileSync(place, 'utf8')).toContain('"later": true');
    writeFileSync(place, readFileSync(place, 'utf8').replace('"later": true', '"later": false'));
    uninstall(on, { keepData: false });
    const own = text?.trim() ? (JSON.parse(stripped(text)) as object) : {};
    const left = JSON.parse(stripped(readFileSync(place, 'utf8'))) as Record<string, unknown>;
    delete left['version'];
    const { version: _version, ...expected } = { ...own, later: false } as Record<string, unknown>;
    expect(left).toEqual(expected);
  });
});

/** Comments and commas at an end are no JSON. */
function stripped(text: string): string {
  const root = parseJsonText(text, { comments: true });
  const plain = (node: typeof root): unknown => {
    if (node.kind === 'array') return node.children.map((child) => plain(child.node));
    if (node.kind === 'object') return Object.fromEntries(node.children.map((child) => [child.key, plain(child.node)]));
    return node.value;
  };
  return JSON.stringify(plain(root));
}

const BROKEN: readonly (readonly [string, ToolName, string | Uint8Array])[] = [
  ['cut short', 'claude-code', '{"hooks": {'],
  ['two values', 'gemini-cli', '{} {}'],
  ['a list', 'cursor', '[]'],
  ['hooks that are a list', 'claude-code', '{"hooks": []}'],
  ['an event that is an object', 'gemini-cli', '{"hooks": {"BeforeTool": {}}}'],
  ['a comment that the tool does not read', 'codex', '// mine\n{}'],
  ['a comma at the end', 'codex', '{"hooks": {},}'],
  ['not UTF-8', 'cursor', new Uint8Array([0x7b, 0xff, 0x7d])],
  ['very deep', 'cursor', `{"a":${'['.repeat(9_999)}`],
];

describe('a broken file', () => {
  it.each(BROKEN)('%s: is told of by its path, and nothing is touched', (_what, tool, content) => {
    const on = machine('user');
    const path = fileOf(on, tool);
    put(on, path, content);
    put(on, fileOf(on, 'copilot-cli'), '{"version": 1}');
    const before = picture(on);
    expect(() => install(on, bundle, only('copilot-cli', tool))).toThrow(`${path} is left alone`);
    expect(picture(on)).toEqual(before);
  });

  it('is not uninstalled from, and neither is any other', () => {
    const on = machine('user');
    install(on, bundle, { ...only(), tools: 'all' });
    writeFileSync(join(on.root, fileOf(on, 'cursor')), '{"hooks": ');
    const before = picture(on);
    expect(() => uninstall(on, { keepData: false })).toThrow('hooks.json is left alone: no value at line 1, column 11');
    expect(picture(on)).toEqual(before);
  });
});

describe('Codex CLI with hooks in config.toml', () => {
  const TOMLS = [
    '# mine\nmodel = "gpt"\n[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = "command"\ncommand = "./x" # y\n',
    '[[hooks.PreToolUse]]\r\nmatcher = "Bash"\r\nhooks = [{ type = "command", command = "z" }]\r\n[tui]\r\na = 1',
  ];
  it.each(TOMLS)('are in one form, and all comes back (%#)', (toml) => {
    const on = machine('user');
    put(on, '/home/ann/.codex/config.toml', toml);
    const before = picture(on);
    install(on, bundle, only('codex'));
    expect(existsSync(join(on.root, '/home/ann/.codex/hooks.json'))).toBe(false);
    expect(readFileSync(join(on.root, '/home/ann/.codex/config.toml'), 'utf8').startsWith(toml)).toBe(true);
    expect(clientStatus(on, bundle, 0).tools.find(({ tool }) => tool === 'codex')!.hooks).toBe('present');
    const installed = picture(on);
    install(on, bundle, only('codex'));
    expect(picture(on)).toEqual(installed);
    uninstall(on, { keepData: false });
    expect(picture(on)).toEqual(before);
    install(on, bundle, only('codex'));
    const place = join(on.root, '/home/ann/.codex/config.toml');
    writeFileSync(place, `${readFileSync(place, 'utf8')}[later]\nb = 2\n`);
    uninstall(on, { keepData: false });
    expect(readFileSync(place, 'utf8').replaceAll('\r', '').trim()).toBe(
      `${toml.replaceAll('\r', '').trim()}\n[later]\nb = 2`,
    );
  });

  it.each(['[[hooks.Stop]\n', 'hooks = { Stop = [{ hooks = [] }] }\n'])('%j is refused', (toml) => {
    const on = machine('user');
    put(on, '/home/ann/.codex/config.toml', toml);
    const before = picture(on);
    expect(() => install(on, bundle, only('codex'))).toThrow('config.toml is left alone');
    expect(picture(on)).toEqual(before);
  });

  it('moves to where they are by now', () => {
    const on = machine('user');
    install(on, bundle, only('codex'));
    put(on, '/home/ann/.codex/config.toml', TOMLS[0]!);
    install(on, bundle, only('codex'));
    expect(existsSync(join(on.root, '/home/ann/.codex/hooks.json'))).toBe(false);
    uninstall(on, { keepData: false });
    expect(readFileSync(join(on.root, '/home/ann/.codex/config.toml'), 'utf8')).toBe(TOMLS[0]);
  });
});

describe('an installation', () => {
  it('keeps links, modes and what it cannot write', () => {
    const on = machine('user');
    const real = put(on, '/home/ann/dotfiles/claude.json', '{}');
    chmodSync(real, 0o640);
    mkdirSync(join(on.root, '/home/ann/.claude'));
    const link = join(on.root, fileOf(on, 'claude-code'));
    symlinkSync('../dotfiles/claude.json', link);
    const before = picture(on);
    install(on, bundle, only('claude-code'));
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(readFileSync(real, 'utf8')).toContain('SessionStart');
    uninstall(on, { keepData: false });
    expect(picture(on)).toEqual(before);
    rmSync(real);
    const dangling = picture(on);
    expect(() => install(on, bundle, only('cursor', 'claude-code'))).toThrow('leads nowhere');
    expect(picture(on)).toEqual(dangling);
  });

  it('that was cut off after its record was written is taken back', () => {
    const on = machine('user');
    const path = fileOf(on, 'cursor');
    put(on, path, '{"version": 1}');
    const before = picture(on);
    install(on, bundle, { ...only(), tools: 'all' });
    writeFileSync(join(on.root, path), '{"version": 1}');
    rmSync(join(on.root, fileOf(on, 'gemini-cli')));
    uninstall(on, { keepData: false });
    expect(picture(on)).toEqual(before);
  });

  it('for one user is refused where there is one for everyone', () => {
    const on = machine('system');
    install(on, bundle, only('cursor'));
    expect(() => install({ ...on, scope: 'user' }, bundle, only('cursor'))).toThrow('for everyone on this machine');
  });

  it('does nothing where a file cannot be read', () => {
    const on = machine('user');
    put(on, '/home/ann/.gemini', 'a file where a folder belongs');
    const before = picture(on);
    expect(() => install(on, bundle, only('cursor', 'gemini-cli'))).toThrow('ENOTDIR');
    expect(picture(on)).toEqual(before);
  });

  it('takes what is found, or asks for a name', () => {
    const on = machine('user');
    expect(() => install(on, bundle, { tools: 'found', service: true })).toThrow('--tool');
    put(on, '/home/ann/.gemini/settings.json', '{}');
    expect(install(on, bundle, { tools: 'found', service: false }).tools).toEqual(['gemini-cli']);
  });

  it('of a tool more leaves the first one in its record, and keeps the token for root', () => {
    const on = machine('system');
    const before = picture(on);
    install(on, bundle, { ...only('cursor'), token: 'swi_first', endpoint: 'https://a.example:4318' });
    install(on, bundle, { ...only('claude-code'), token: 'swi_second', policyUrl: 'https://a.example/api/v1/policy' });
    const state = join(on.root, '/var/lib/spanwarden-agent');
    expect(statSync(join(state, 'credential')).mode & 0o777).toBe(0o600);
    expect(statSync(join(state, 'install.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(state, 'spools')).mode & 0o7777).toBe(0o1777);
    expect(readFileSync(join(state, 'credential'), 'utf8')).toBe('swi_second\n');
    expect(JSON.parse(readFileSync(join(state, 'client.json'), 'utf8'))).toEqual({
      otlp_endpoint: 'https://a.example:4318',
      policy_url: 'https://a.example/api/v1/policy',
    });
    uninstall(on, { keepData: true });
    expect(readdirSync(state).sort()).toEqual(['client.json', 'credential', 'install.json', 'install.lock', 'spools']);
    expect(existsSync(join(on.root, fileOf(on, 'cursor')))).toBe(false);
    install(on, bundle, only('cursor'));
    uninstall(on, { keepData: false });
    expect(picture(on)).toEqual(before);
  });

  it('leaves no hooks of an older version', () => {
    const on = machine('user');
    const path = fileOf(on, 'cursor');
    put(on, path, '{"version": 1, "hooks": {"stop": []}}');
    install(on, bundle, only('cursor'));
    install({ ...on, node: '/opt/node/bin/node' }, bundle, only('cursor'));
    const text = readFileSync(join(on.root, path), 'utf8');
    expect(text).not.toContain('/usr/bin/node');
    expect(text.split('/opt/node/bin/node').length).toBeGreaterThan(10);
    uninstall(on, { keepData: false });
    expect(readFileSync(join(on.root, path), 'utf8')).toBe('{"version": 1, "hooks": {"stop": []}}');
  });
});

describe('where hooks are written', () => {
  const PLACES: Record<string, readonly string[]> = {
    darwin: [
      '/Library/Application Support/ClaudeCode/managed-settings.d/50-spanwarden.json',
      '/Library/Application Support/Cursor/hooks.json',
      '/etc/codex/hooks.json',
      '/Library/Application Support/GeminiCli/settings.json',
      '/etc/github-copilot/policy.d/spanwarden.json',
    ],
    linux: [
      '/etc/claude-code/managed-settings.d/50-spanwarden.json',
      '/etc/cursor/hooks.json',
      '/etc/codex/hooks.json',
      '/etc/gemini-cli/settings.json',
      '/etc/github-copilot/policy.d/spanwarden.json',
    ],
    win32: [
      'C:\\Program Files\\ClaudeCode\\managed-settings.d\\50-spanwarden.json',
      'C:\\ProgramData\\Cursor\\hooks.json',
      'C:\\ProgramData\\OpenAI\\Codex\\hooks.json',
      'C:\\ProgramData\\gemini-cli\\settings.json',
      'C:\\ProgramData\\GitHub\\Copilot\\policy.d\\spanwarden.json',
    ],
  };
  it.each(Object.entries(PLACES))('on %s is where the tools look for those of the machine', (platform, expected) => {
    const on: Machine = { ...machine('system'), platform: platform as NodeJS.Platform };
    expect(TOOL_NAMES.map((tool) => fileOf(on, tool))).toEqual(expected);
  });

  it('leaves out events that a hook would break or that come without end', () => {
    const events = TOOL_NAMES.flatMap((tool) =>
      Object.keys(toolSettings(machine('user'), tool, bundle).document.hooks),
    );
    for (const event of ['WorktreeCreate', 'MessageDisplay', 'AfterModel', 'beforeTabFileRead'])
      expect(events).not.toContain(event);
    for (const event of ['SessionStart', 'preToolUse', 'afterFileEdit', 'BeforeTool']) expect(events).toContain(event);
  });

  it('quotes paths as a shell wants them', () => {
    const on = { ...machine('user'), node: "/opt/it's here/node" };
    expect(JSON.stringify(toolSettings(on, 'cursor', '/a b/spanwarden-agent.cjs').document)).toContain(
      JSON.stringify(`'/opt/it'\\''s here/node' '/a b/spanwarden-agent.cjs' hook cursor || echo '{}'`).slice(1, -1),
    );
  });
});

describe('the service', () => {
  it('is hardened on Linux, and says its paths as the manager reads them', () => {
    const { file, bytes } = serviceDefinition(
      { ...machine('system'), node: '/opt/a b/100%/node' },
      bundle,
      '/var/lib/spanwarden-agent',
    );
    const unit = bytes.toString('utf8');
    expect(file).toBe('/etc/systemd/system/spanwarden-agent.service');
    expect(unit).toContain('ExecStart="/opt/a b/100%%/node"');
    for (const line of [
      'NoNewPrivileges=true',
      'ProtectSystem=strict',
      'SystemCallFilter=@system-service',
      'ReadWritePaths="/var/lib/spanwarden-agent"',
    ])
      expect(unit).toContain(`\n${line}\n`);
  });

  it.each(['darwin', 'win32'] as const)('is escaped on %s', (platform) => {
    const { bytes } = serviceDefinition({ ...machine('system', platform), node: '/a&b/<node>' }, bundle, '/s');
    const text = bytes.toString(platform === 'win32' ? 'utf16le' : 'utf8');
    expect(text).toContain('/a&amp;b/&lt;node&gt;');
  });
});

describe('status and doctor', () => {
  it('tell what is there, and how to mend what is not', async () => {
    const on = machine('user');
    put(on, '/home/ann/.claude/settings.json', '{"disableAllHooks": true}');
    put(on, '/home/ann/.cursor/hooks.json', '{');
    const empty = clientStatus(on, bundle, 0);
    expect(empty).toMatchObject({ installed: false, service: 'unknown', policy: { source: 'none' } });
    expect(empty.tools.map(({ tool, found, hooks }) => `${tool} ${found} ${hooks}`)).toEqual([
      'claude-code true absent',
      'cursor true broken',
      'codex false absent',
      'gemini-cli false absent',
      'copilot-cli false absent',
    ]);
    install(on, bundle, only('claude-code'));
    const checks = await doctor(on, bundle, 0);
    const failed = checks.filter(({ good }) => !good);
    expect(failed.map(({ name }) => name).sort()).toEqual(
      ['address', 'credential', 'hooks of cursor', 'policy', 'server', 'switch of claude-code'].sort(),
    );
    for (const { mend } of failed) expect(mend).not.toBe('');
  });
});

describe('a diff', () => {
  it('shows lines that change with one around them', () => {
    expect(lineDiff('f', 'a\nb\nc\nd\ne\n', 'a\nb\nX\nd\ne\nY\n')).toBe('--- f\n+++ f\n b\n-c\n+X\n d\n e\n+Y\n');
    expect(lineDiff('f', undefined, 'a\n')).toBe('--- /dev/null\n+++ f\n+a\n');
  });
});

describe('what a tool is told to call', () => {
  const hooksOf = (tool: ToolName) => toolSettings(machine('user'), tool, bundle).document.hooks;

  it('is of events that old versions of Claude Code know, which would leave all of the settings aside otherwise', () => {
    expect(Object.keys(hooksOf('claude-code')).sort()).toEqual(
      'Notification PermissionRequest PostToolUse PostToolUseFailure PreCompact PreToolUse SessionEnd SessionStart Stop SubagentStart SubagentStop UserPromptSubmit'.split(
        ' ',
      ),
    );
  });

  it('is waited for no longer than Codex does where it has a limit of its own', () => {
    const limits = Object.entries(hooksOf('codex')).map(([event, groups]) => [
      event,
      (groups as { hooks: { timeout: number }[] }[])[0]!.hooks[0]!.timeout,
    ]);
    expect(Object.fromEntries(limits)).toMatchObject({ SessionStart: 10, SessionEnd: 3, Interrupt: 3 });
    expect(limits.filter(([, limit]) => limit !== 10)).toHaveLength(2);
  });

  it.each(['permissionRequest', 'userPromptTransformed'])(
    'is not %s of Copilot CLI, which comes for nothing',
    (event) => {
      expect(Object.keys(hooksOf('copilot-cli'))).not.toContain(event);
    },
  );
});

describe('a Claude Code that would drop its settings for our hooks', () => {
  const link = (on: Machine, target: string) => {
    put(on, '/home/ann/.local/bin/other', '');
    symlinkSync(target, join(on.root, 'home/ann/.local/bin/claude'));
  };
  const byNpm = (on: Machine, version: string) => {
    put(on, '/home/ann/lib/@anthropic-ai/claude-code/package.json', JSON.stringify({ version }));
    put(on, '/home/ann/lib/@anthropic-ai/claude-code/bin/claude', '');
    link(on, '../../lib/@anthropic-ai/claude-code/bin/claude');
  };
  const byInstaller = (on: Machine, version: string) => {
    put(on, `/home/ann/.local/share/claude/versions/${version}`, '');
    link(on, `../share/claude/versions/${version}`);
  };

  it.each([
    ['npm', '2.0.54', byNpm],
    ['npm', '1.0.122', byNpm],
    ['its installer', '2.0.9', byInstaller],
  ] as const)('of %s, %s, gets none', (_by, version, have) => {
    const on = machine('user');
    have(on, version);
    const before = picture(on);
    expect(() => install(on, bundle, only('claude-code'))).toThrow(`Claude Code ${version} would leave`);
    expect(picture(on)).toEqual(before);
    expect(install(on, bundle, only('codex')).tools).toEqual(['codex']);
  });

  it.each([
    ['npm', '2.0.65', byNpm],
    ['npm', '2.1.330', byNpm],
    ['its installer', '2.1.0', byInstaller],
    ['its installer', '3.0.0', byInstaller],
    ['who knows whom', 'no version', byNpm],
  ] as const)('is none of %s, %s', (_by, version, have) => {
    const on = machine('user');
    have(on, version);
    expect(install(on, bundle, only('claude-code')).tools).toEqual(['claude-code']);
  });

  it('is no reason not to install for everyone: it does not read what is there', () => {
    const on = machine('system');
    byNpm(on, '2.0.54');
    expect(planInstall(on, bundle, only('claude-code')).tools).toEqual(['claude-code']);
  });
});
