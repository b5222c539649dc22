import type { FormEvent } from 'react';
import { grouped } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { Sure } from '../../parts/sure.tsx';
import { useKept } from '../../parts/use-kept.ts';
import { When } from '../../parts/when.tsx';

interface Exception {
  id: string;
  rule_id: string;
  matchers: { field: string; op: string; value: string }[];
  owner: string;
  reason: string;
  expires_at: string;
  expired: boolean;
  hits: number;
  last_hit_at: string | null;
}

const DAY_MS = 86_400_000;
const OPS = { equals: 'is', starts_with: 'starts with', ends_with: 'ends with', contains: 'contains' } as const;

/** Findings of a rule that are known and accepted, and what each of these decisions hid so far. */
export function ExceptionsPanel({ id, may }: { id: string; may: boolean }) {
  const kept = useKept<Exception>('/exceptions');
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = Object.fromEntries(new FormData(form)) as Record<string, string>;
    const body = {
      rule_id: id,
      matchers: [{ field: given['field'], op: given['op'], value: given['value'] }],
      owner: given['owner'],
      reason: given['reason'],
      expires_at: new Date(`${given['until']}T23:59:59Z`).toISOString(),
    };
    kept.change.mutate({ method: 'POST', body }, { onSuccess: () => form.reset() });
  };
  const inAQuarter = new Date(Date.now() + 90 * DAY_MS).toISOString().slice(0, 10);
  return (
    <section className="panel" aria-label="Exceptions">
      <header>
        <h2>Exceptions</h2>
      </header>
      <div className="body stack">
        {kept.change.error && <Failure error={kept.change.error} />}
        <Answer of={kept.list}>
          {({ items }) => (
            <DataTable
              bare
              small
              label="Exceptions of the rule"
              head={['When', 'Why', 'Owner', '#Held back', 'Until', 'Remove']}
              items={items.filter(({ rule_id }) => rule_id === id || rule_id === '')}
              empty="Nothing is accepted: every finding counts."
            >
              {(exception) => (
                <tr key={exception.id}>
                  <td>
                    {exception.matchers.map(({ field, op, value }) => (
                      <div key={`${field} ${op} ${value}`}>
                        <code>{field}</code> {OPS[op as keyof typeof OPS] ?? op} <code>{value}</code>
                      </div>
                    ))}
                    {exception.rule_id === '' && <span className="chip">of every rule</span>}
                  </td>
                  <td>{exception.reason}</td>
                  <td>{exception.owner}</td>
                  <td className="num">{grouped(exception.hits)}</td>
                  <td>
                    {exception.expired ? <span className="chip">run out</span> : <When at={exception.expires_at} />}
                  </td>
                  <td>
                    {may && (
                      <Sure
                        words="Remove"
                        act={() => kept.change.mutate({ method: 'DELETE', to: `/exceptions/${exception.id}` })}
                      />
                    )}
                  </td>
                </tr>
              )}
            </DataTable>
          )}
        </Answer>
        {may && (
          <details>
            <summary>Add an exception</summary>
            <form className="row wrap top-gap" onSubmit={add}>
              <Field label="Field" hint="entity, session_id, title or a value of the finding">
                <input className="input mono" name="field" required defaultValue="entity" maxLength={100} />
              </Field>
              <Field label="Comparison">
                <select className="input" name="op">
                  {Object.entries(OPS).map(([key, words]) => (
                    <option key={key} value={key}>
                      {words}
                    </option>
                  ))}
                </select>
              </Field>
              <Field label="Value" grow>
                <input className="input mono" name="value" required maxLength={1_000} />
              </Field>
              <Field label="Owner">
                <input className="input" name="owner" required maxLength={200} />
              </Field>
              <Field label="Until">
                <input className="input" type="date" name="until" required defaultValue={inAQuarter} />
              </Field>
              <Field label="Why it is accepted" grow>
                <input className="input" name="reason" required minLength={10} maxLength={2_000} />
              </Field>
              <button type="submit" className="button primary" disabled={kept.change.isPending}>
                Add
              </button>
            </form>
          </details>
        )}
      </div>
    </section>
  );
}
