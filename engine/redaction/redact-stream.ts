import { CodedError } from '../core/errors.ts';
import type { Edit, RedactedText, Redactor } from './redactor.ts';

/** UTF-16 units that are redacted together. */
const WINDOW = 256 * 1024;
/** Text at the end of a window that waits for what follows: a secret of this length is found wherever a chunk or a window ends. */
const OVERLAP = 16 * 1024;
/** Text already sent that the next window is read with: the name or the boundary before a value. */
const CONTEXT = 1024;
/** A window that holds nothing but one secret grows to this; what is longer leaves as one token a window. */
const MAX_WINDOW = 4 * WINDOW;
const MAX_LINE = 16 * 1024 * 1024;

type Chunks = AsyncIterable<string> | Iterable<string>;

interface Window {
  readonly text: string;
  /** Where the window begins in the whole text. */
  readonly offset: number;
  /** [from, to) of the window leaves with it; the rest was read for what stands around. */
  readonly from: number;
  readonly to: number;
  readonly redacted: RedactedText;
}

/**
 * Text in, redacted text out, in bounded memory whatever comes: chunks may end anywhere, in the middle of a secret or of a
 * surrogate pair. A private key whose end does not come within MAX_WINDOW is given up there.
 */
export async function* redactTextStream(chunks: Chunks, redactor: Redactor): AsyncGenerator<string> {
  for await (const { text, from, to, redacted } of windowsOf(chunks, redactor)) {
    yield applyEdits(text, from, to, redacted.edits);
  }
}

/**
 * What would be replaced and why, a line each: offset in UTF-16 units, kind, rule, the reading it was found in, the place in JSON.
 * Never the value, nor its length.
 */
export async function* explainTextStream(chunks: Chunks, redactor: Redactor): AsyncGenerator<string> {
  for await (const { offset, from, to, redacted } of windowsOf(chunks, redactor)) {
    for (const finding of redacted.findings) {
      // what began before was told with the window before
      if (finding.start < from || finding.start >= to) continue;
      const { kind, rule, view, path } = finding;
      yield `${offset + finding.start}\t${kind}\trule ${rule}\tread as ${view}${path === '' ? '' : `\tat ${oneLine(path)}`}\n`;
    }
  }
}

async function* windowsOf(chunks: Chunks, redactor: Redactor): AsyncGenerator<Window> {
  let buffer = '';
  let offset = 0;
  let context = 0;
  let wanted = WINDOW;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += WINDOW) {
      buffer += chunk.slice(at, at + WINDOW);
      if (buffer.length - context < wanted) continue;
      const redacted = redactor.redactText(buffer);
      const cut = cutOf(buffer, context, redacted, wanted >= MAX_WINDOW);
      if (cut <= context) {
        wanted = Math.min(wanted * 2, MAX_WINDOW);
        continue;
      }
      yield { text: buffer, offset, from: context, to: cut, redacted };
      const kept = Math.max(0, cut - CONTEXT);
      buffer = buffer.slice(kept);
      offset += kept;
      context = cut - kept;
      wanted = WINDOW;
    }
  }
  if (buffer.length > context) {
    yield { text: buffer, offset, from: context, to: buffer.length, redacted: redactor.redactText(buffer) };
  }
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

/** Up to where the window can leave: a line's end at least OVERLAP from the window's, outside every edit. */
function cutOf(buffer: string, context: number, { edits }: RedactedText, full: boolean): number {
  let cut = Math.max(context, buffer.length - OVERLAP);
  const line = buffer.lastIndexOf('\n', cut - 1) + 1;
  if (line > context) cut = line;
  else if (isHighSurrogate(buffer.charCodeAt(cut - 1))) cut--;
  const across = edits.find((edit) => edit.start < cut && edit.end > cut);
  if (across === undefined) return cut;
  return full && across.start <= context ? across.end : Math.max(context, across.start);
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** [from, to) of the text with the edits in it; an edit that begins before `from` still puts its token there. */
function applyEdits(text: string, from: number, to: number, edits: readonly Edit[]): string {
  let result = '';
  let copied = from;
  for (const edit of edits) {
    if (edit.end <= from || edit.start >= to) continue;
    result += text.slice(copied, Math.max(copied, edit.start)) + edit.text;
    copied = edit.end;
  }
  return result + text.slice(Math.min(copied, to), to);
}

/**
 * NDJSON in, NDJSON out: `{"text": s}` becomes `{"text": redacted, "findings": [{"kind", "start", "end", "fingerprint"}]}`, offsets in
 * UTF-16 units of `s`; with `explain` also `rule`, `view` and `path` (within JSON). Throws BAD_REQUEST on a line that is no such object, TOO_LARGE on one longer than 16 Mi characters.
 */
export async function* redactJsonLines(chunks: Chunks, redactor: Redactor, explain = false): AsyncGenerator<string> {
  let number = 0;
  for await (const line of linesOf(chunks)) {
    number++;
    if (line.trim() === '') continue;
    const { text, findings } = redactor.redactText(textOf(line, number));
    const found = findings.map(({ kind, start, end, fingerprint, rule, view, path }) => ({
      kind,
      start,
      end,
      fingerprint,
      ...(explain && { rule, view, path }),
    }));
    yield `${JSON.stringify({ text, findings: found })}\n`;
  }
}

function textOf(line: string, number: number): string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  const text = typeof value === 'object' && value !== null && 'text' in value ? value.text : undefined;
  if (typeof text === 'string') return text;
  throw new CodedError('BAD_REQUEST', `line ${number} is not a JSON object with a string member "text"`);
}

async function* linesOf(chunks: Chunks): AsyncGenerator<string> {
  let pending: string[] = [];
  let length = 0;
  let number = 1;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      pending.push(chunk.slice(start, end));
      yield pending.join('');
      pending = [];
      length = 0;
      number++;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    pending.push(chunk.slice(start));
    length += chunk.length - start;
    if (length > MAX_LINE) throw new CodedError('TOO_LARGE', `line ${number} is longer than ${MAX_LINE} characters`);
  }
  if (pending.length > 0) yield pending.join('');
}
