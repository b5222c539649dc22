import type { FormEvent } from 'react';
import { useAddress } from '../../frame/use-address.ts';
import { grouped } from '../../number.ts';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { KeptList } from '../../parts/kept-list.tsx';
import { Sure } from '../../parts/sure.tsx';
import { useKept } from '../../parts/use-kept.ts';
import { When } from '../../parts/when.tsx';
import { type Match, MatcherFields, MatchWords, matcherOf } from './matcher.tsx';
import { type Hours, HoursFields, hoursOf, hoursWords } from './weekly-hours.tsx';

interface Silence {
  id: string;
  match: Match;
  except?: Match;
  starts_at: string;
  ends_at: string;
  reason: string;
  hours?: Hours;
  created_by: string;
  hits?: number;
}

const HOUR_MS = 3_600_000;

/** When alerts are recorded and nobody hears of them: once, or as a maintenance window every week. */
export default function Silences() {
  const { get } = useAddress();
  const kept = useKept<Silence>('/silences');
  const asked: Match = Object.fromEntries(
    ['rule', 'session', 'agent', 'entity'].flatMap((name) => (get(name) === '' ? [] : [[name, [get(name)]]])),
  );
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const hours = hoursOf(form);
    const starts = form.get('starts') === '' ? new Date() : new Date(String(form.get('starts')));
    const ends = form.get('ends') === '' ? undefined : new Date(String(form.get('ends')));
    const body = {
      match: matcherOf(form, ''),
      starts_at: starts.toISOString(),
      ends_at: (ends ?? new Date(starts.getTime() + Number(form.get('for')) * HOUR_MS)).toISOString(),
      reason: form.get('reason'),
      ...(hours && { hours }),
    };
    kept.change.mutate({ method: 'POST', body }, { onSuccess: () => element.reset() });
  };
  return (
    <>
      <form className="panel body stack" style={{ padding: 14 }} onSubmit={add}>
        <MatcherFields legend="Silence alerts of" prefix="" match={asked} />
        <div className="form-grid">
          <Field label="For">
            <select className="input" name="for" defaultValue="2">
              <option value="1">an hour</option>
              <option value="2">two hours</option>
              <option value="8">eight hours</option>
              <option value="24">a day</option>
              <option value="168">a week</option>
            </select>
          </Field>
          <Field label="From" hint="Left empty: now">
            <input className="input" type="datetime-local" name="starts" />
          </Field>
          <Field label="Until" hint="Instead of a length">
            <input className="input" type="datetime-local" name="ends" />
          </Field>
          <Field label="Why" hint="Who takes over at three in the morning reads this">
            <input className="input" name="reason" required maxLength={500} />
          </Field>
        </div>
        <details>
          <summary>A maintenance window that comes back</summary>
          <div className="top-gap">
            <HoursFields />
          </div>
        </details>
        {kept.addError && <Failure error={kept.addError} />}
        <div>
          <button type="submit" className="button primary" disabled={kept.change.isPending}>
            Silence
          </button>
        </div>
      </form>
      <KeptList
        label="Silences"
        of={kept}
        head={['Of', 'Why', 'From', 'Until', 'Hours', '#Held back', 'By', 'End']}
        empty="Nothing is silenced: every alert that pages does."
      >
        {(silence) => (
          <tr key={silence.id}>
            <td>
              <MatchWords match={silence.match} />
            </td>
            <td>{silence.reason}</td>
            <td>
              <When at={silence.starts_at} />
            </td>
            <td>
              {Date.parse(silence.ends_at) < Date.now() ? (
                <span className="chip">over</span>
              ) : (
                <When at={silence.ends_at} />
              )}
            </td>
            <td className="small">{hoursWords(silence.hours)}</td>
            <td className="num">{grouped(silence.hits ?? 0)}</td>
            <td>{silence.created_by}</td>
            <td>
              <Sure words="End" act={() => kept.change.mutate({ method: 'DELETE', to: `/silences/${silence.id}` })} />
            </td>
          </tr>
        )}
      </KeptList>
    </>
  );
}
