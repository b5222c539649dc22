import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { CodedError } from '../core/errors.ts';

/** A problem of a rule's file, where it stands. */
export interface RuleProblem {
  readonly line: number;
  readonly text: string;
}

export function invalid(file: string, line: number, problem: string): CodedError {
  return invalidRule(file, [{ line, text: problem }]);
}

/** All that is wrong with a file as one error; `problemsOf` takes it apart again. */
export function invalidRule(file: string, problems: readonly RuleProblem[]): CodedError {
  const lines = problems.map(({ line, text }) => `${file}:${line}: ${text}`);
  return new CodedError('RULE_INVALID', lines.join('; '), { extra: { problems: lines } });
}

/** One line a problem: `file:line: what is wrong`. */
export function problemsOf(error: CodedError): readonly string[] {
  const problems = error.extra['problems'];
  return Array.isArray(problems) ? (problems as string[]) : [error.message];
}

/** Parsed YAML that still knows on which line each value stands. */
export interface LocatedYaml {
  readonly value: unknown;
  /** Line of the value at the path, or of the nearest one above it that exists; of a key of the map there when one is named. */
  lineOf(path: readonly PropertyKey[], key?: string): number;
}

/** Reads YAML that begins on `firstLine` of the file. Throws RULE_INVALID at the line of a syntax error. */
export function parseYaml(file: string, text: string, firstLine = 1): LocatedYaml {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const lineAt = (offset: number) => firstLine - 1 + counter.linePos(offset).line;
  const broken = document.errors[0];
  if (broken) {
    throw invalid(file, lineAt(broken.pos[0]), `not valid YAML: ${broken.message.split('\n')[0]!.replace(/:$/, '')}`);
  }
  return {
    value: document.toJS() as unknown,
    lineOf: (path, key) => lineAt(offsetOf(document, path, key)),
  };
}

function offsetOf(document: Document, path: readonly PropertyKey[], key?: string): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (key !== undefined && length === path.length && isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const range = (node as { range?: [number, number, number] } | undefined)?.range;
    if (range && length > 0) return range[0];
  }
  return 0;
}
