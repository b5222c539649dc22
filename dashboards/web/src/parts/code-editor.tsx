import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { SQLDialect, sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, StateEffect, StateField, type Text } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { undoing } from './undoing.ts';

export interface Table {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string; readonly comment: string }[];
}

/** A place that is wrong; both from 1. Without a column the whole line is. */
export interface Mark {
  readonly line: number;
  readonly column?: number;
  readonly text: string;
}

const setMarks = StateEffect.define<readonly Mark[]>();

/** What is wrong stays marked until the text changes there or other marks come. */
const marking = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects)
      if (effect.is(setMarks)) return decorations(transaction.state.doc, effect.value);
    return transaction.docChanged ? marks.map(transaction.changes) : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorations(doc: Text, marks: readonly Mark[]): DecorationSet {
  const ranges = marks
    .filter(({ line }) => line >= 1 && line <= doc.lines)
    .flatMap(({ line, column, text }) => {
      const at = doc.line(line);
      const whole = Decoration.line({ class: 'cm-wrong-line', attributes: { title: text } }).range(at.from);
      if (column === undefined || column > at.length) return [whole];
      const from = at.from + column - 1;
      const word = /^(\w+|\W)/.exec(at.text.slice(column - 1))?.[0].length ?? 1;
      return [whole, Decoration.mark({ class: 'cm-wrong', attributes: { title: text } }).range(from, from + word)];
    });
  return Decoration.set(ranges, true);
}

const ClickHouse = SQLDialect.define({
  keywords:
    'select from where group by order limit having with as join left right inner outer full cross on using array final prewhere union all distinct and or not in like ilike between is null asc desc case when then else end interval settings sample any global offset fetch',
  types:
    'String UInt8 UInt16 UInt32 UInt64 Int8 Int16 Int32 Int64 Float32 Float64 Bool Date DateTime DateTime64 Array Map Tuple Nullable LowCardinality',
  builtin:
    'count countIf uniq uniqIf sum sumIf avg min max argMax argMin quantile any groupArray groupUniqArray toStartOfHour toStartOfDay toDate toString toUInt64 now if multiIf has hasAny hasAll arrayJoin arrayIntersect arrayFilter arrayMap length notEmpty empty lower upper position concat substring match round formatReadableSize dateDiff',
  doubleQuotedStrings: false,
  backslashEscapes: true,
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--c1)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--c3)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--c2)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--text-3)' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--c6)' },
]);

const look = EditorView.theme({
  '&': { color: 'var(--text-1)', backgroundColor: 'var(--surface-1)', fontSize: '13px' },
  '.cm-content': { fontFamily: 'var(--mono)', caretColor: 'var(--text-1)', minHeight: '150px', padding: '10px 0' },
  '.cm-gutters': { backgroundColor: 'var(--surface-1)', color: 'var(--text-3)', border: '0' },
  '.cm-activeLine': { backgroundColor: 'transparent', boxShadow: 'inset 2px 0 0 var(--line-strong)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text-1)' },
  '.cm-cursor': { borderLeftColor: 'var(--text-1)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft) !important' },
  '.cm-placeholder': { color: 'var(--text-3)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface-1)',
    border: '1px solid var(--line-strong)',
    color: 'var(--text-1)',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--text-1)',
  },
  '.cm-wrong-line': { boxShadow: 'inset 3px 0 0 var(--critical)' },
  '.cm-wrong': { textDecoration: 'underline wavy var(--critical)', textUnderlineOffset: '3px' },
  '.cm-completionDetail': { color: 'var(--text-2)' },
});

interface Props {
  readonly text: string;
  /** What can be completed. */
  readonly tables?: readonly Table[];
  readonly change?: (text: string) => void;
  /** Ctrl+Enter. */
  readonly run?: () => void;
  /** What the field is called. */
  readonly label?: string;
  readonly readOnly?: boolean;
  readonly marks?: readonly Mark[];
}

const NO_TABLES: readonly Table[] = [];
const NO_MARKS: readonly Mark[] = [];

function runQuery(run: (() => void) | undefined): boolean {
  run?.();
  return run !== undefined;
}

/** CodeMirror for SQL and what surrounds it. In a shadow root: there its styles are sheets, which a strict policy for styles allows. */
export default function CodeEditor({
  text,
  tables = NO_TABLES,
  change,
  run,
  label = 'SQL query',
  readOnly = false,
  marks = NO_MARKS,
}: Props) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const schema = useRef(new Compartment());
  const latest = useRef({ change, run });
  latest.current = { change, run };

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what changes later goes in by the effects below
  useEffect(() => {
    const root = box.current!.shadowRoot ?? box.current!.attachShadow({ mode: 'open' });
    const editor = new EditorView({
      doc: text,
      parent: root as unknown as Element,
      root,
      extensions: [
        keymap.of([{ key: 'Mod-Enter', run: () => runQuery(latest.current.run) }]),
        keymap.of([...closeBracketsKeymap, ...completionKeymap]),
        undoing(),
        lineNumbers(),
        drawSelection(),
        highlightActiveLine(),
        bracketMatching(),
        closeBrackets(),
        autocompletion(),
        schema.current.of(sql({ dialect: ClickHouse })),
        syntaxHighlighting(colours),
        look,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorState.readOnly.of(readOnly),
        marking,
        run ? placeholder('SELECT …   Ctrl+Enter runs it, Ctrl+Space completes') : [],
        EditorView.updateListener.of(
          (update) => update.docChanged && latest.current.change?.(update.state.doc.toString()),
        ),
      ],
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const names = Object.fromEntries(
      tables.map(({ name, columns }) => [
        name,
        columns.map((column) => ({
          label: column.name,
          type: 'property',
          detail: column.type,
          info: column.comment || undefined,
        })),
      ]),
    );
    const completion = sql({
      dialect: ClickHouse,
      schema: names as Record<string, readonly { label: string }[]>,
      defaultTable: 'otel_traces',
    });
    view.current?.dispatch({ effects: schema.current.reconfigure(completion) });
  }, [tables]);

  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== text)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const first = marks.find(({ line }) => line >= 1 && line <= editor.state.doc.lines);
    editor.dispatch({
      effects: [
        setMarks.of(marks),
        ...(first ? [EditorView.scrollIntoView(editor.state.doc.line(first.line).from, { y: 'center' })] : []),
      ],
    });
  }, [marks]);

  return <div ref={box} className="editor" />;
}
