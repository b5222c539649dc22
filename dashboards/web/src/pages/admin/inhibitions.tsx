import type { FormEvent } from 'react';
import { grouped } from '../../number.ts';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { KeptList } from '../../parts/kept-list.tsx';
import { Sure } from '../../parts/sure.tsx';
import { useKept } from '../../parts/use-kept.ts';
import { type Match, MatcherFields, MatchWords, matcherOf } from './matcher.tsx';

interface Inhibition {
  id: string;
  name: string;
  source: Match;
  target: Match;
  equal: string[];
  hits?: number;
}

/** Alerts that make others needless: while the first stands, the others of the same session or entity notify nobody. */
export default function Inhibitions() {
  const kept = useKept<Inhibition>('/inhibitions');
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const body = {
      name: form.get('name'),
      source: matcherOf(form, 'source_'),
      target: matcherOf(form, 'target_'),
      equal: form.getAll('equal'),
    };
    kept.change.mutate({ method: 'POST', body }, { onSuccess: () => element.reset() });
  };
  return (
    <>
      <form className="panel body stack" style={{ padding: 14 }} onSubmit={add}>
        <Field label="Name">
          <input className="input" name="name" required maxLength={100} placeholder="Exfiltration says it all" />
        </Field>
        <MatcherFields legend="While an alert of these stands" prefix="source_" />
        <MatcherFields legend="alerts of these notify nobody" prefix="target_" />
        <div className="row wrap">
          <span>when both are of the same</span>
          {['session', 'entity'].map((name) => (
            <label key={name} className="row">
              <input type="checkbox" name="equal" value={name} defaultChecked={name === 'session'} /> {name}
            </label>
          ))}
        </div>
        {kept.addError && <Failure error={kept.addError} />}
        <div>
          <button type="submit" className="button primary" disabled={kept.change.isPending}>
            Add
          </button>
        </div>
      </form>
      <KeptList
        label="Inhibitions"
        of={kept}
        head={['Name', 'While', 'Held back', 'Of the same', '#So far', 'Remove']}
        empty="No alert holds back another."
      >
        {({ id, name, source, target, equal, hits }) => (
          <tr key={id}>
            <td>{name}</td>
            <td>
              <MatchWords match={source} />
            </td>
            <td>
              <MatchWords match={target} />
            </td>
            <td>{equal.join(', ')}</td>
            <td className="num">{grouped(hits ?? 0)}</td>
            <td>
              <Sure words="Remove" act={() => kept.change.mutate({ method: 'DELETE', to: `/inhibitions/${id}` })} />
            </td>
          </tr>
        )}
      </KeptList>
    </>
  );
}
