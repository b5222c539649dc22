import { entityView } from './entities.ts';
import { unescapeView, type View } from './escapes.ts';
import { JOINT, joinedView, unfoldedView, withoutNulView } from './joined.ts';
import { percentView } from './percent.ts';
import { quotedView } from './quoted-printable.ts';

/** A way to read a text, besides as it stands and as runs of base64 or hex (encoded-runs.ts). */
export interface Reading {
  readonly label: string;
  /** Where none of these stands in a text, there is nothing to read in this way. Lower-case ASCII for the keyword automaton. */
  readonly signs: readonly string[];
  /** What the reading resolves: only the text around it is read again. */
  readonly mark: string | RegExp;
  /** Marks nearer to each other than twice this are read together, with as much text around them. */
  readonly reach: number;
  /** How often it may be applied to what it gave: escapes twice escaped, percent encoding twice encoded. */
  readonly repeats: number;
  readonly view: (text: string) => View | undefined;
}

const NEAR = 128;
/** Half of a long secret in one part, half in the next. */
const FAR = 512;

export const READINGS: readonly Reading[] = [
  { label: 'escapes', signs: ['\\'], mark: '\\', reach: NEAR, repeats: 2, view: unescapeView },
  { label: 'percent', signs: ['%'], mark: '%', reach: NEAR, repeats: 2, view: percentView },
  {
    label: 'entities',
    signs: ['&'],
    mark: /&(?:#|amp;|quot;|apos;|lt;|gt;|nbsp;)/g,
    reach: NEAR,
    repeats: 2,
    view: entityView,
  },
  { label: 'unfolded', signs: ['=\n', '=\r\n'], mark: /=\r?\n/g, reach: FAR, repeats: 1, view: unfoldedView },
  { label: 'quoted-printable', signs: ['=3d'], mark: /=3D/g, reach: NEAR, repeats: 1, view: quotedView },
  { label: 'utf16', signs: ['\0'], mark: '\0', reach: NEAR, repeats: 1, view: withoutNulView },
  {
    label: 'joined',
    signs: [
      '" +',
      "' +",
      '` +',
      '"+',
      "'+",
      '" .',
      "' .",
      '" &',
      '" <<',
      '" ||',
      "' ||",
      '"\n',
      "'\n",
      '" \n',
      '\\\n',
      '\\\r\n',
      '"\r\n',
    ],
    mark: JOINT,
    reach: FAR,
    repeats: 1,
    view: joinedView,
  },
];

export const NO_REPEATS: readonly number[] = READINGS.map(() => 0);

/** Bits of the readings whose signs stand in a text. */
export function readingsOf(text: string): number {
  let bits = 0;
  READINGS.forEach(({ mark }, index) => {
    const present = typeof mark === 'string' ? text.includes(mark) : text.search(mark) >= 0;
    if (present) bits |= 1 << index;
  });
  return bits;
}
