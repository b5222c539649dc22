import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CodedError } from '../../engine/core/errors.ts';
import type { ToolName } from '../hooks/tool-event.ts';
import { stateFolderAt } from '../state-folder.ts';
import { clientBundle, installedBundle } from './client-bundle.ts';
import { type FileChange, ownChange, revertedChange, settingsChange } from './file-change.ts';
import {
  digest,
  type InstallRecord,
  type RecordedFile,
  readRecord,
  recordPath,
  writeRecord,
} from './install-record.ts';
import { installedState, isForEveryone } from './installed-state.ts';
import { type Machine, placeOf } from './machine.ts';
import { refuseOldClaudeCode } from './old-claude-code.ts';
import { makeFolders, readBytes, removeEmptyFolders, replaceFile } from './replace-file.ts';
import { serviceDefinition } from './service-definition.ts';
import { foundTools, TOOL_NAMES, toolSettings } from './tool-settings.ts';
import { withInstallLock } from './with-install-lock.ts';

export interface InstallOptions {
  /** `installed`: those that have hooks of ours by now, for an upgrade. */
  readonly tools: readonly ToolName[] | 'found' | 'all' | 'installed';
  readonly endpoint?: string | undefined;
  readonly policyUrl?: string | undefined;
  /** The ingest token. */
  readonly token?: string | undefined;
  readonly service: boolean;
}

interface Plan {
  readonly tools: readonly ToolName[];
  readonly changes: readonly FileChange[];
  /** Files of the record that this installation does not touch. */
  readonly kept: readonly RecordedFile[];
}

/**
 * What an installation would change, without changing anything.
 * @param program the file that this process runs
 * @throws CONFLICT when a file is broken or a tool too old, USAGE when there is nothing to install or it would not be safe
 */
export function planInstall(machine: Machine, program: string, options: InstallOptions): Plan {
  const state = installedState(machine);
  const record = readRecord(placeOf(machine, state.root));
  const recorded = (path: string) => record?.files.find((file) => file.path === path);
  const current = (path: string) => readBytes(placeOf(machine, path));
  const tools = toolsOf(machine, options.tools, record);
  if (machine.scope === 'user' && tools.includes('claude-code')) refuseOldClaudeCode(machine);
  const bundle = installedBundle(machine, program);
  const fileMode = machine.scope === 'system' ? 0o644 : 0o600;
  const own = (path: string, bytes: Buffer, mode: number) =>
    ownChange(path, bytes, current(path), recorded(path), mode);

  const settings = tools.map((tool) => toolSettings(machine, tool, bundle));
  const hooks = settings.map((each) => settingsChange(each, current(each.file), recorded(each.file), fileMode));
  // a tool whose hooks are to be elsewhere by now
  const moved = (record?.files ?? []).filter(
    ({ tool, path }) => tools.some((each) => each === tool) && !settings.some(({ file }) => file === path),
  );
  const service = serviceDefinition(machine, bundle, state.root);
  const source = clientBundle(program);
  const changes = [
    ...(source === bundle ? [] : [own(bundle, readFileSync(source), 0o644)]),
    own(state.settings, clientSettings(current(state.settings), options), 0o644),
    ...(options.token === undefined ? [] : [own(state.credential, Buffer.from(`${options.token}\n`), 0o600)]),
    ...(options.service ? [own(service.file, service.bytes, 0o644)] : []),
    ...hooks,
    ...moved.map((file) => revertedChange(file, current(file.path))),
  ];
  const kept = (record?.files ?? []).filter(({ path }) => !changes.some((change) => change.path === path));
  return { tools, changes, kept };
}

/** Writes all of it, or nothing. Answers what was planned. */
export function install(machine: Machine, program: string, options: InstallOptions): Plan {
  checkScope(machine);
  // nothing is made where nothing can be installed
  planInstall(machine, program, options);
  const state = stateFolderAt(placeOf(machine, installedState(machine).root));
  const system = machine.scope === 'system';
  const made = makeFolders(state.root, system ? 0o755 : 0o700);
  try {
    return withInstallLock(state.root, () => {
      const plan = planInstall(machine, program, options);
      const old = readRecord(state.root);
      write(machine, plan, old, made);
      mkdirSync(state.spools, { recursive: true });
      chmodSync(state.spools, system ? 0o1777 : 0o700);
      return plan;
    });
  } catch (error) {
    if (made.length > 0 && !existsSync(recordPath(state.root))) rmSync(state.root, { recursive: true, force: true });
    removeEmptyFolders(made.slice(0, -1));
    throw error;
  }
}

function write(
  machine: Machine,
  { changes, kept }: Plan,
  old: InstallRecord | undefined,
  made: readonly string[],
): void {
  const root = placeOf(machine, installedState(machine).root);
  const files = changes.flatMap(({ path, tool, format, before, after, current }): RecordedFile[] => {
    if (after === undefined || (tool !== '' && before !== undefined && after.equals(before))) return [];
    // what came back to its state before is no longer ours
    if (tool === '' && format !== 'own') return [];
    const known = old?.files.find((file) => file.path === path)?.folders ?? [];
    const folder = dirname(placeOf(machine, path));
    const folders = known.length > 0 || current !== undefined ? known : missingFolders(folder, root);
    return [{ path, tool, format, before: before?.toString('base64') ?? null, after: digest(after), folders }];
  });
  const record: InstallRecord = {
    version: 1,
    files: [...kept, ...files],
    stateFolders: old?.stateFolders.length ? old.stateFolders : made,
  };
  // first, so that whatever happens now can be taken back
  if (JSON.stringify(record) !== JSON.stringify(old)) writeRecord(root, record);
  const done: FileChange[] = [];
  try {
    for (const change of changes) {
      if (isSame(change)) continue;
      const place = placeOf(machine, change.path);
      makeFolders(dirname(place), 0o755);
      replaceFile(place, change.after, change.mode);
      done.push(change);
    }
  } catch (error) {
    for (const { path, current, mode } of done.toReversed()) replaceFile(placeOf(machine, path), current, mode);
    removeEmptyFolders(files.flatMap(({ folders }) => folders));
    if (old === undefined) rmSync(recordPath(root), { force: true });
    else writeRecord(root, old);
    throw error;
  }
}

/** Nothing is to be written. */
export function isSame({ current, after }: FileChange): boolean {
  return current === undefined || after === undefined ? current === after : current.equals(after);
}

function missingFolders(folder: string, state: string): string[] {
  const missing: string[] = [];
  for (let each = folder; !existsSync(each) && each !== state; each = dirname(each)) missing.unshift(each);
  return missing;
}

function toolsOf(
  machine: Machine,
  asked: InstallOptions['tools'],
  record: InstallRecord | undefined,
): readonly ToolName[] {
  if (asked === 'installed') return TOOL_NAMES.filter((name) => record?.files.some(({ tool }) => tool === name));
  if (asked === 'all') return TOOL_NAMES;
  if (asked !== 'found') return asked;
  const found = foundTools(machine);
  if (found.length === 0)
    throw new CodedError('USAGE', `none of ${TOOL_NAMES.join(', ')} was found; name one with --tool`);
  return found;
}

/** What the file says stays, but for what is given. */
function clientSettings(file: Buffer | undefined, { endpoint, policyUrl }: InstallOptions): Buffer {
  let said: Record<string, unknown> = {};
  if (file !== undefined) {
    try {
      said = JSON.parse(file.toString('utf8')) as Record<string, unknown>;
    } catch {
      throw new CodedError('CONFLICT', 'client.json in the state folder is not JSON; mend it or remove it');
    }
    if (endpoint === undefined && policyUrl === undefined) return file;
  }
  const given = {
    ...(endpoint !== undefined && { otlp_endpoint: endpoint }),
    ...(policyUrl !== undefined && { policy_url: policyUrl }),
  };
  const settings = { otlp_endpoint: '', policy_url: '', ...said, ...given };
  return Buffer.from(`${JSON.stringify(settings, null, 2)}\n`);
}

/** What runs as root, or in everyone's tools, must be root's alone; what is a user's must not become root's. */
function checkScope(machine: Machine): void {
  if (machine.scope === 'user' && isForEveryone(machine))
    throw new CodedError('USAGE', 'the client is installed for everyone on this machine, this user included');
  const uid = process.getuid?.();
  if (machine.root !== '' || uid === undefined) return;
  if (machine.scope === 'user') {
    if (statSync(machine.home).uid !== uid)
      throw new CodedError('USAGE', "the home folder is another user's: run it as that user, without sudo");
    return;
  }
  if (uid !== 0) throw new CodedError('USAGE', 'an installation for the whole machine needs root: use sudo, or --user');
  for (let path = realpathSync(machine.node); ; path = dirname(path)) {
    const { uid: owner, mode } = statSync(path);
    const sticky = (mode & 0o1000) !== 0;
    if (owner !== 0 || ((mode & 0o022) !== 0 && !sticky))
      throw new CodedError(
        'USAGE',
        `others than root can change ${path}, by which the service would run: use a Node of the machine's`,
      );
    if (path === dirname(path)) return;
  }
}
