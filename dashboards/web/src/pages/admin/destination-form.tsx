import { type FormEvent, useState } from 'react';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { DESTINATION_KINDS, type KindField } from './destination-kinds.ts';
import { entriesOf } from './entries.ts';

interface Props {
  readonly pending: boolean;
  readonly error: unknown;
  readonly add: (body: Record<string, unknown>, done: () => void) => void;
}

/** The form for a new destination: the kind first, then what that kind asks for. */
export function DestinationForm({ pending, error, add }: Props) {
  const [kind, setKind] = useState('webhook');
  const { about, fields } = DESTINATION_KINDS[kind]!;
  const send = (event: FormEvent<HTMLFormElement>) => {
    const form = event.currentTarget;
    const { fallback, rate_per_minute, name, ...given } = entriesOf(event);
    const own = Object.fromEntries(
      fields.flatMap((field) => {
        const text = given[field.name];
        return text === undefined ? [] : [[field.name, inputOf(field, text)]];
      }),
    );
    const common = {
      name,
      ...(fallback && { fallback: true }),
      ...(rate_per_minute && { rate_per_minute: Number(rate_per_minute) }),
    };
    add({ kind, ...common, ...own }, () => form.reset());
  };
  return (
    <form className="panel body stack" style={{ padding: 14 }} onSubmit={send}>
      <div className="form-grid">
        <Field label="Kind" hint={about}>
          <select className="input" name="kind" value={kind} onChange={(event) => setKind(event.target.value)}>
            {Object.entries(DESTINATION_KINDS).map(([key, { words }]) => (
              <option key={key} value={key}>
                {words}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Name">
          <input className="input" name="name" required maxLength={100} placeholder="security-on-call" />
        </Field>
        {fields.map((field) => (
          <Field key={`${kind} ${field.name}`} label={field.label} hint={field.hint}>
            <Input field={field} />
          </Field>
        ))}
        <Field label="Most messages a minute" hint="What is beyond it is told in a summary">
          <input
            className="input"
            name="rate_per_minute"
            type="number"
            min={1}
            max={100_000}
            placeholder="by the kind"
          />
        </Field>
      </div>
      <label className="row small">
        <input type="checkbox" name="fallback" value="1" /> A fallback: takes what no route matches, what others gave up
        on, and notices
      </label>
      {error !== null && <Failure error={error} />}
      <div>
        <button type="submit" className="button primary" disabled={pending}>
          Add
        </button>
      </div>
    </form>
  );
}

function Input({ field: { name, type, required = false, placeholder } }: { field: KindField }) {
  if (typeof type !== 'string')
    return (
      <select className="input" name={name}>
        {type.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    );
  if (type === 'long' || type === 'list')
    return <textarea className="input mono" name={name} rows={2} required={required} placeholder={placeholder} />;
  return (
    <input
      className="input"
      name={name}
      type={type}
      required={required}
      placeholder={placeholder}
      autoComplete={type === 'password' ? 'new-password' : 'off'}
    />
  );
}

function inputOf({ type }: KindField, text: string): unknown {
  if (type === 'number') return Number(text);
  if (type !== 'list') return text;
  return text
    .split(/[\s,;]+/)
    .map((one) => one.trim())
    .filter(Boolean);
}
