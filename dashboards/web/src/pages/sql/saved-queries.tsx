import { type FormEvent, useState } from 'react';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { Sure } from '../../parts/sure.tsx';
import { useKept } from '../../parts/use-kept.ts';
import type { Values } from './parameters.tsx';

export interface SavedQuery {
  id: string;
  title: string;
  description: string;
  query: string;
  params: { name: string; description: string; value: string | number | boolean }[];
  shared: boolean;
  /** Comes with the product. */
  built_in: boolean;
  author: string;
  own: boolean;
}

/** The queries that are kept: opens one, keeps what stands in the editor, shares it in the org. */
export function SavedQueries({
  query,
  values,
  open,
}: {
  query: string;
  values: Values;
  open: (saved: SavedQuery) => void;
}) {
  const kept = useKept<SavedQuery>('/saved-queries');
  const [chosen, setChosen] = useState('');
  const [saving, setSaving] = useState(false);
  const items = kept.list.data?.items ?? [];
  const current = items.find(({ id }) => id === chosen);
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = {
      title: form.get('title'),
      description: form.get('description'),
      shared: form.get('shared') !== null,
      query,
      params: Object.entries(values).map(([name, value]) => ({ name, value, description: '' })),
    };
    const change = current?.own && form.get('copy') === null ? { to: `/saved-queries/${current.id}` } : {};
    kept.change.mutate(
      { method: 'POST', body, ...change },
      {
        onSuccess: (made) => {
          setChosen(made['id'] ?? '');
          setSaving(false);
        },
      },
    );
  };
  return (
    <>
      <div className="row wrap">
        <select
          className="input"
          aria-label="Saved queries"
          style={{ maxWidth: 240 }}
          value={chosen}
          onChange={(event) => {
            const saved = items.find(({ id }) => id === event.target.value);
            setChosen(event.target.value);
            setSaving(false);
            if (saved) open(saved);
          }}
        >
          <option value="">{items.length === 0 ? 'No saved query yet' : 'Saved queries'}</option>
          <Group label="Yours" items={items.filter(({ own }) => own)} />
          <Group label="Shared by others" items={items.filter(({ own, built_in }) => !own && !built_in)} />
          <Group label="From the library" items={items.filter(({ built_in }) => built_in)} />
        </select>
        <button type="button" className="button" aria-expanded={saving} onClick={() => setSaving(!saving)}>
          Save…
        </button>
        {current?.own && (
          <Sure
            words="Delete"
            act={() =>
              kept.change.mutate(
                { method: 'DELETE', to: `/saved-queries/${current.id}` },
                { onSuccess: () => setChosen('') },
              )
            }
          />
        )}
        {current && (
          <span className="small faint">
            {current.built_in ? 'from the library' : current.shared ? `shared by ${current.author}` : 'yours alone'}
            {current.description !== '' && `: ${current.description}`}
          </span>
        )}
      </div>
      {kept.list.error && <Failure error={kept.list.error} retry={kept.list.refetch} />}
      {kept.change.error && <Failure error={kept.change.error} />}
      {saving && (
        <form key={chosen} className="row wrap" style={{ alignItems: 'end' }} onSubmit={save}>
          <Field label="Title">
            <input className="input" name="title" required maxLength={200} defaultValue={current?.title} />
          </Field>
          <Field label="What it answers" grow>
            <input className="input" name="description" maxLength={2_000} defaultValue={current?.description} />
          </Field>
          <label className="row small">
            <input type="checkbox" name="shared" defaultChecked={current?.shared} /> Share it in the org
          </label>
          {current?.own && (
            <label className="row small">
              <input type="checkbox" name="copy" /> As a copy
            </label>
          )}
          <button type="submit" className="button primary" disabled={kept.change.isPending}>
            Save
          </button>
        </form>
      )}
    </>
  );
}

function Group({ label, items }: { label: string; items: readonly SavedQuery[] }) {
  if (items.length === 0) return null;
  return (
    <optgroup label={label}>
      {items.map(({ id, title, shared, own }) => (
        <option key={id} value={id}>
          {title}
          {own && shared ? ' (shared)' : ''}
        </option>
      ))}
    </optgroup>
  );
}
