const PARAMETER = /\{\s*(\w{1,100})\s*:\s*([^{}]{1,100})\}/g;

export type Values = Readonly<Record<string, string>>;
export type Parameter = readonly [name: string, type: string];

/** The parameters that a query names, in their order. */
export function parametersOf(query: string): Parameter[] {
  return [...new Map([...query.matchAll(PARAMETER)].map(([, name, type]) => [name!, type!.trim()]))];
}

/** What somebody typed for the parameters, as JSON has it for their types. */
export function typedValues(parameters: readonly Parameter[], values: Values): Record<string, unknown> {
  return Object.fromEntries(parameters.map(([name, type]) => [name, typed(values[name] ?? '', type)]));
}

function typed(text: string, type: string): unknown {
  if (/^Array/.test(type))
    return text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  if (/^Bool/.test(type)) return text === 'true';
  if (/^Nullable/.test(type) && text === '') return null;
  return isNumber(type) && text !== '' && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

export function isNumber(type: string): boolean {
  return /^(LowCardinality\()?(Nullable\()?(U?Int|Float|Decimal)/.test(type);
}

/** An input for each parameter, of the kind that its type asks for. */
export function Parameters({
  parameters,
  values,
  change,
}: {
  parameters: readonly Parameter[];
  values: Values;
  change: (values: Values) => void;
}) {
  if (parameters.length === 0) return null;
  return (
    <div className="row wrap" role="group" aria-label="Parameters">
      {parameters.map(([name, type]) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the control is one of the two below
        <label key={name} className="row small">
          <span>
            {name} <span className="faint">{type}</span>
          </span>
          {/^Bool/.test(type) ? (
            <select
              className="input"
              value={values[name] ?? 'false'}
              onChange={(event) => change({ ...values, [name]: event.target.value })}
            >
              <option>false</option>
              <option>true</option>
            </select>
          ) : (
            <input
              className="input mono"
              style={{ width: 170 }}
              type={/^Date(32)?$/.test(type) ? 'date' : isNumber(type) ? 'number' : 'text'}
              step="any"
              placeholder={
                /^Array/.test(type) ? 'apart by commas' : /^DateTime/.test(type) ? '2026-01-31 12:00:00' : ''
              }
              value={values[name] ?? ''}
              onChange={(event) => change({ ...values, [name]: event.target.value })}
            />
          )}
        </label>
      ))}
    </div>
  );
}
