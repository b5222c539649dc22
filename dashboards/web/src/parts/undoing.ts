import { type ChangeSet, type Extension, StateEffect, StateField } from '@codemirror/state';
import { type EditorView, keymap } from '@codemirror/view';

interface Past {
  /** Each undoes one change, the latest last. */
  readonly undo: readonly ChangeSet[];
  readonly redo: readonly ChangeSet[];
}

const MOST = 500;
const moved = StateEffect.define<'undo' | 'redo'>();

const past = StateField.define<Past>({
  create: () => ({ undo: [], redo: [] }),
  update: ({ undo, redo }, transaction) => {
    const way = transaction.effects.find((effect) => effect.is(moved))?.value;
    const back = transaction.docChanged ? transaction.changes.invert(transaction.startState.doc) : undefined;
    if (way === 'undo' && back) return { undo: undo.slice(0, -1), redo: [...redo, back] };
    if (way === 'redo' && back) return { undo: [...undo, back], redo: redo.slice(0, -1) };
    return back ? { undo: [...undo.slice(1 - MOST), back], redo: [] } : { undo, redo };
  },
});

function move(way: 'undo' | 'redo') {
  return (view: EditorView): boolean => {
    const changes = view.state.field(past)[way].at(-1);
    if (changes) view.dispatch({ changes, effects: moved.of(way), scrollIntoView: true });
    return true;
  };
}

/** Undo and redo of an editor, by the usual keys. */
export function undoing(): Extension {
  return [
    past,
    keymap.of([
      { key: 'Mod-z', run: move('undo') },
      { key: 'Mod-y', mac: 'Mod-Shift-z', run: move('redo') },
    ]),
  ];
}
