import type { FormEvent } from 'react';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import type { AlertRoute } from './alert-routes.tsx';
import type { Destination } from './destinations.tsx';
import { MatcherFields, matcherOf } from './matcher.tsx';
import { HoursFields, hoursOf } from './weekly-hours.tsx';

const GROUPS = ['rule', 'entity', 'session', 'severity'] as const;

interface Props {
  /** The route that is changed; a new one otherwise. */
  readonly route: AlertRoute | undefined;
  readonly destinations: readonly Destination[];
  readonly pending: boolean;
  readonly error: unknown;
  readonly save: (body: unknown, done: () => void) => void;
  readonly cancel: () => void;
}

/** One route: which alerts, to whom, how they are grouped, who hears when nobody acts. */
export function RouteForm({ route, destinations, pending, error, save, cancel }: Props) {
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    save(bodyOf(new FormData(element)), () => element.reset());
  };
  return (
    <form key={route?.id} className="panel body stack" style={{ padding: 14 }} onSubmit={send}>
      <div className="form-grid">
        <Field label="Name">
          <input className="input" name="name" required maxLength={100} defaultValue={route?.name} />
        </Field>
        <NumberField
          label="Position"
          hint="Routes are asked from the lowest on"
          name="position"
          min={0}
          value={route?.position ?? 1_000}
        />
      </div>
      <MatcherFields legend="Alerts of" prefix="" match={route?.match ?? {}} />
      <Recipients
        legend="go to (nobody: recorded, and nothing is sent)"
        name="destination"
        of={destinations}
        chosen={route?.destinations ?? []}
      />
      <label className="row small">
        <input type="checkbox" name="continue" defaultChecked={route?.continue} /> and on to the routes behind it
      </label>
      <details>
        <summary>Grouping, repeats, escalation, hours</summary>
        <div className="stack top-gap">
          <div className="row wrap">
            <label className="row small">
              <input type="checkbox" name="grouped" defaultChecked={route != null && route.group_by !== null} /> one
              message for what is alike in
            </label>
            {GROUPS.map((name) => (
              <label key={name} className="row small">
                <input type="checkbox" name="group_by" value={name} defaultChecked={route?.group_by?.includes(name)} />
                {name}
              </label>
            ))}
          </div>
          <div className="form-grid">
            <NumberField
              label="First message of a group waits, s"
              name="group_wait_seconds"
              min={0}
              max={3_600}
              value={route?.group_wait_seconds ?? 30}
            />
            <NumberField
              label="Between messages of a group, s"
              name="group_interval_seconds"
              max={86_400}
              value={route?.group_interval_seconds ?? 300}
            />
            <NumberField
              label="Say again every, min"
              hint="While nobody acknowledged; left empty: never"
              name="repeat_minutes"
              value={route?.repeat_minutes}
            />
            <NumberField
              label="Digest every, min"
              hint="One message of all; left empty: at once"
              name="digest_minutes"
              value={route?.digest_minutes}
            />
            <NumberField
              label="Escalate after, min"
              hint="When nobody acknowledged"
              name="escalate_after"
              value={route?.escalate?.after_minutes}
            />
          </div>
          <Recipients
            legend="Escalate to"
            name="escalate_to"
            of={destinations}
            chosen={route?.escalate?.destinations ?? []}
          />
          <HoursFields hours={route?.hours} />
          <Field label="Outside these hours">
            <select className="input" name="outside_hours" defaultValue={route?.outside_hours}>
              <option value="next">the next route is asked</option>
              <option value="hold">what it takes waits for them</option>
            </select>
          </Field>
        </div>
      </details>
      {error !== null && <Failure error={error} />}
      <div className="row">
        <button type="submit" className="button primary" disabled={pending}>
          {route ? 'Save the route' : 'Add the route'}
        </button>
        {route && (
          <button type="button" className="button" onClick={cancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}

function NumberField({
  label,
  hint,
  name,
  min = 1,
  max,
  value,
}: {
  label: string;
  hint?: string;
  name: string;
  min?: number;
  max?: number;
  value: number | null | undefined;
}) {
  return (
    <Field label={label} hint={hint}>
      <input className="input" type="number" name={name} min={min} max={max} defaultValue={value ?? undefined} />
    </Field>
  );
}

function Recipients({
  legend,
  name,
  of,
  chosen,
}: {
  legend: string;
  name: string;
  of: readonly Destination[];
  chosen: readonly string[];
}) {
  return (
    <fieldset className="matcher">
      <legend>{legend}</legend>
      {of.length === 0 && <span className="muted">There is no destination yet: add one first.</span>}
      <div className="row wrap">
        {of.map((destination) => (
          <label key={destination.id} className="row small">
            <input
              type="checkbox"
              name={name}
              value={destination.id}
              defaultChecked={chosen.includes(destination.id)}
            />
            {destination.name} <span className="faint">{destination.kind}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function bodyOf(form: FormData) {
  const numeric = (name: string) => (form.get(name) ? Number(form.get(name)) : null);
  const hours = hoursOf(form);
  const after = numeric('escalate_after');
  return {
    name: form.get('name'),
    position: numeric('position') ?? 1_000,
    match: matcherOf(form, ''),
    destinations: form.getAll('destination'),
    continue: form.get('continue') !== null,
    group_by: form.get('grouped') === null ? null : form.getAll('group_by'),
    group_wait_seconds: Number(form.get('group_wait_seconds')),
    group_interval_seconds: Number(form.get('group_interval_seconds')),
    repeat_minutes: numeric('repeat_minutes'),
    digest_minutes: numeric('digest_minutes'),
    escalate: after === null ? null : { after_minutes: after, destinations: form.getAll('escalate_to') },
    ...(hours && { hours, outside_hours: form.get('outside_hours') }),
  };
}
