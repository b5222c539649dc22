import { CodedError } from '../../engine/core/errors.ts';
import type { ToolName } from '../hooks/tool-event.ts';
import { addHooksToJson, removeHooksFromJson } from './edit-hooks-json.ts';
import { addHooksToToml, readToml, removeHooksFromToml } from './edit-hooks-toml.ts';
import { isOurCommand } from './hook-command.ts';
import { digest, type RecordedFile } from './install-record.ts';
import type { ToolSettings } from './tool-settings.ts';

/** What is to become of a file. */
export interface FileChange {
  /** Without the machine's root. */
  readonly path: string;
  readonly tool: ToolName | '';
  readonly format: RecordedFile['format'];
  /** What lies there now; undefined where nothing is. */
  readonly current: Buffer | undefined;
  /** What an uninstallation is to put back. */
  readonly before: Buffer | undefined;
  /** Undefined: it goes. */
  readonly after: Buffer | undefined;
  /** Of a file that is made. */
  readonly mode: number;
}

/**
 * A tool's file with our hooks in it. What was written before is taken out first, so that a second installation changes nothing, and one
 * of another version leaves nothing behind.
 * @throws CONFLICT when the file is broken
 */
export function settingsChange(
  settings: ToolSettings,
  current: Buffer | undefined,
  recorded: RecordedFile | undefined,
  mode: number,
): FileChange {
  const { file: path, tool, format, document } = settings;
  return explained(path, () => {
    const before = withoutHooks({ path, tool, format }, current, recorded);
    const text = textOf(before);
    const after = Buffer.from(
      format === 'toml'
        ? addHooksToToml(text, document)
        : addHooksToJson(text, document, { comments: format === 'jsonc' }),
    );
    return { path, tool, format, current, before, after, mode };
  });
}

/** A file that is ours as a whole. */
export function ownChange(
  path: string,
  after: Buffer,
  current: Buffer | undefined,
  recorded: RecordedFile | undefined,
  mode: number,
): FileChange {
  const before = recorded === undefined ? current : bytesBefore(recorded);
  return { path, tool: '', format: 'own', current, before, after, mode };
}

/**
 * A recorded file as it was; where someone has changed it since, what it is now without our hooks.
 * @throws CONFLICT when it was broken meanwhile
 */
export function revertedChange(recorded: RecordedFile, current: Buffer | undefined): FileChange {
  const { path, tool, format } = recorded;
  return explained(path, () => {
    const before = bytesBefore(recorded);
    // whoever removed it wanted it gone
    const after =
      current === undefined ? undefined : format === 'own' ? before : withoutHooks(recorded, current, recorded);
    return { path, tool, format, current, before, after, mode: 0o644 };
  });
}

function withoutHooks(
  { tool, format }: Pick<RecordedFile, 'path' | 'tool' | 'format'>,
  current: Buffer | undefined,
  recorded: RecordedFile | undefined,
): Buffer | undefined {
  if (current === undefined) return undefined;
  const known = recorded && bytesBefore(recorded);
  if (recorded !== undefined && digest(current) === recorded.after) return known;
  const text = textOf(current);
  if (format === 'toml') {
    readToml(text);
    const left = removeHooksFromToml(text);
    return left === '' && recorded?.before === null ? undefined : bytes(text, left, current);
  }
  const original = recorded === undefined ? text : known === undefined ? undefined : textOf(known);
  const comments = format === 'jsonc';
  const left = removeHooksFromJson(text, original, isOurCommand(tool as ToolName), { comments });
  return left === undefined ? undefined : bytes(text, left, current);
}

function bytes(text: string, left: string, current: Buffer): Buffer {
  return left === text ? current : Buffer.from(left);
}

function bytesBefore({ before }: RecordedFile): Buffer | undefined {
  return before === null ? undefined : Buffer.from(before, 'base64');
}

/** Settings are UTF-8; a byte-order mark stays where it is. */
function textOf(file: Buffer | undefined): string {
  if (file === undefined) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file);
  } catch {
    throw new CodedError('CONFLICT', 'it is not UTF-8');
  }
}

function explained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw new CodedError(
      'CONFLICT',
      `${path} is left alone: ${error.message}. Mend it and try again; nothing was changed`,
    );
  }
}
