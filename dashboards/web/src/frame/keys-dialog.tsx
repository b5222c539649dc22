import { useEffect, useRef } from 'react';

const KEYS: readonly (readonly [string, string])[] = [
  ['Ctrl K or /', 'Search, or jump to a page'],
  ['?', 'These keys'],
  ['j, k', 'Next, previous'],
  ['Enter', 'Open'],
  ['x', 'Select'],
  ['a', 'Acknowledge'],
  ['e', 'Close as benign'],
  ['Esc', 'Back, or leave a dialog'],
  ['Ctrl Enter', 'Run the query (SQL)'],
];

export function KeysDialog({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="keys" aria-label="Keys" onClose={close}>
      <div className="stack">
        <h2>Keys</h2>
        <dl className="facts">
          {KEYS.map(([key, words]) => (
            <div key={key} style={{ display: 'contents' }}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          Done
        </button>
      </div>
    </dialog>
  );
}
