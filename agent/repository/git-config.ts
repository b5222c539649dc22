const MOST_CHARACTERS = 256 * 1024;

/** Values of a git config file by `section.key` or `section.subsection.key`, section and key in lower case; the last one wins. */
export function parseGitConfig(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.slice(0, MOST_CHARACTERS).split('\n')) {
    const said = line.trim();
    if (said.startsWith('[')) section = sectionName(said);
    else {
      const equals = said.indexOf('=');
      if (equals <= 0 || said.startsWith('#') || said.startsWith(';')) continue;
      values.set(`${section}.${said.slice(0, equals).trim().toLowerCase()}`, unquoted(said.slice(equals + 1).trim()));
    }
  }
  return values;
}

/** `[remote "origin"]` is `remote.origin`. */
function sectionName(line: string): string {
  const end = line.lastIndexOf(']');
  const inner = line.slice(1, end < 0 ? undefined : end).trim();
  const quote = inner.indexOf('"');
  if (quote < 0) return inner.toLowerCase();
  return `${inner.slice(0, quote).trim().toLowerCase()}.${inner.slice(quote + 1).replace(/"$/, '')}`;
}

function unquoted(value: string): string {
  return value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value;
}
