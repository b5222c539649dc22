import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Hit, Page } from '../answers.ts';
import { pathOf, request } from '../request.ts';

interface Choice {
  readonly key: string;
  readonly kind: string;
  readonly words: string;
  readonly detail: string;
  readonly to: string;
}

/** Jumps to a page, or to anything that the server finds by name, id or redaction token. */
export function Palette({
  places,
  close,
  go,
}: {
  places: readonly { path: string; words: string }[];
  close: () => void;
  go: (to: string) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const q = text.trim();
  const found = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => request<Page<Hit>>('GET', pathOf('/search', { q }), undefined, signal),
    enabled: q.length >= 2,
    placeholderData: keepPreviousData,
  });
  useEffect(() => dialog.current?.showModal(), []);

  const pages = places
    .filter(({ words }) => words.toLowerCase().includes(q.toLowerCase()))
    .map(({ path, words }): Choice => ({ key: path, kind: 'page', words, detail: '', to: path }));
  const hits = q.length < 2 ? [] : (found.data?.items ?? []).map(choiceOf);
  const choices = [...pages, ...hits];
  const chosen = Math.min(at, choices.length - 1);
  const open = (choice: Choice | undefined) => {
    if (!choice) return;
    dialog.current?.close();
    go(choice.to);
  };

  return (
    <dialog ref={dialog} className="palette" aria-label="Search" onClose={close}>
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={choices[chosen] ? `choice-${chosen}` : undefined}
        aria-label="Search"
        placeholder="Page, agent, tool, rule, session, trace id or token such as [EMAIL:k3f9]"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setAt(Math.min(chosen + 1, choices.length - 1));
          else if (event.key === 'ArrowUp') setAt(Math.max(chosen - 1, 0));
          else if (event.key === 'Enter') open(choices[chosen]);
          else return;
          event.preventDefault();
        }}
      />
      <div
        role="listbox"
        id="palette-list"
        aria-label="Found"
        style={{ maxHeight: '50vh', overflow: 'auto', padding: '6px 0' }}
      >
        {choices.map((choice, index) => (
          <div
            key={choice.key}
            id={`choice-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onClick={() => open(choice)}
            onKeyDown={() => undefined}
            onMouseMove={() => setAt(index)}
          >
            <span className="chip">{choice.kind}</span>
            <span className="cut">{choice.words}</span>
            <span className="faint small cut" style={{ marginLeft: 'auto' }}>
              {choice.detail}
            </span>
          </div>
        ))}
      </div>
      {choices.length === 0 && (
        <p className="muted" style={{ padding: '4px 16px 16px' }}>
          {found.isFetching ? 'Searching' : 'Nothing has this name, id or token.'}
        </p>
      )}
    </dialog>
  );
}

const PATHS: Readonly<Record<Hit['kind'], string>> = {
  session: '/sessions',
  agent: '/agents',
  tool: '/sessions',
  rule: '/rules',
  alert: '/alerts',
};

function choiceOf({ kind, id, title, detail }: Hit): Choice {
  const to =
    kind === 'tool' ? pathOf('/sessions', { tool: id, range: '30d' }) : `${PATHS[kind]}/${encodeURIComponent(id)}`;
  return {
    key: `${kind} ${id}`,
    kind,
    words: kind === 'session' ? id : title || id,
    detail: kind === 'session' ? title : detail,
    to,
  };
}
