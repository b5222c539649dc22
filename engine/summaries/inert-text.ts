/**
 * A model's text as text alone, whoever shows it and however: no markup, no link, nothing that runs, no control or invisible
 * character, one line, at most `most` UTF-16 units. What was a link can still be read. Applied twice it changes nothing more.
 */
export function inertText(text: string, most: number): string {
  // Cut before the work as well as after it.
  let plain = text.slice(0, most * 2).toWellFormed();
  plain = plain.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
  for (const [pattern, by] of REPLACEMENTS) plain = plain.replace(pattern, by);
  plain = plain.trim();
  if (plain.length <= most) return plain;
  return `${plain
    .slice(0, most - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  [/\p{Cf}|\p{Co}|\p{Cn}|\p{Variation_Selector}/gu, ''],
  [/\{\{|\}\}|\$\{|\{%|%\}/g, ' '],
  [/[\p{Cc}\p{Z}]+/gu, ' '],
  // HTML, and entities that somebody could decode into it.
  [/</g, '‹'],
  [/>/g, '›'],
  [/&(?=[#\w])/g, '+'],
  // Markdown: code, links, images, link definitions, tables.
  [/`/g, "'"],
  [/\](?=[([:])/g, '] '],
  [/!\[/g, '! ['],
  [/\|/g, '¦'],
  // Addresses that a reader's program would turn into links, and schemes that run.
  [/:\/\//g, '[:]//'],
  [/\b(javascript|vbscript|data|mailto|tel|file|blob):(?=\S)/gi, '$1[:]'],
  [/\bwww\./gi, 'www[.]'],
  // What a spreadsheet takes for a formula.
  [/^[\s=+@\-*#_~]+/g, ''],
];
