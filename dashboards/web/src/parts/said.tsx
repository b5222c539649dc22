import { createContext, useContext } from 'react';

/** The token under the reader's eye: it is lit wherever it stands on the page. */
export const LitToken = createContext<{ token: string; light: (token: string) => void }>({
  token: '',
  light: () => undefined,
});

const TOKEN = /(\[[A-Z][A-Z0-9_]{1,39}:[0-9a-hjkmnp-tv-z]{4,24}\])/;
const COLOURS = 8;

/** Text of people, models and tools, as text and nothing else; redaction tokens coloured by identity. */
export function Said({ text }: { text: string }) {
  const pieces = text.split(TOKEN);
  let at = 0;
  return (
    <bdi>
      {pieces.map((piece) => {
        const key = at;
        at += piece.length + 1;
        return TOKEN.test(piece) ? <Token key={key} token={piece} /> : piece;
      })}
    </bdi>
  );
}

/** The same value has the same token, and the same token the same colour. */
export function Token({ token }: { token: string }) {
  const { token: lit, light } = useContext(LitToken);
  const suffix = token.slice(token.indexOf(':') + 1, -1);
  let sum = 0;
  for (const letter of suffix) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
  return (
    <span
      className={`token t${(sum % COLOURS) + 1}${lit === token ? ' lit' : ''}`}
      title="A redacted value: the same value has the same token everywhere"
      onMouseEnter={() => light(token)}
      onMouseLeave={() => light('')}
    >
      {token}
    </span>
  );
}

/** A title made by a rule, with `names` in code. */
export function Claim({ text }: { text: string }) {
  let at = 0;
  return (
    <bdi>
      {text.split('`').map((piece, index) => {
        at += piece.length + 1;
        return index % 2 === 1 ? <code key={at}>{piece}</code> : <Said key={at} text={piece} />;
      })}
    </bdi>
  );
}
