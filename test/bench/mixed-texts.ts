const WORDS =
  'the agent reads files and answers the customer about an order that was delayed while the tool returned rows with status and price so we look up policy before replying politely with details of account and balance'.split(
    ' ',
  );

type Random = () => number;

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)]!;
}

function hex(random: Random, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
}

function letters(random: Random, length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length }, () => alphabet[Math.floor(random() * 62)]).join('');
}

/** One line each of what agents read and write. */
const LINES: readonly ((random: Random) => string)[] = [
  (random) => `${Array.from({ length: 14 }, () => pick(random, WORDS)).join(' ')}.`,
  (random) =>
    `2026-11-21T10:${10 + Math.floor(random() * 49)}:07.${Math.floor(random() * 1e6)}Z INFO request=${hex(random, 32)} status=200 took=${Math.floor(random() * 900)}ms`,
  (random) =>
    `{"id":"${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}","name":"${pick(random, WORDS)}","price":${(random() * 100).toFixed(2)},"max_tokens":4096}`,
  (random) =>
    `  const ${pick(random, WORDS)} = await fetchRows(config.endpoint, { limit: ${Math.floor(random() * 100)}, key: "${pick(random, WORDS)}-${Math.floor(random() * 99)}" });`,
  (random) =>
    `- ${pick(random, WORDS)}: ${Math.floor(random() * 1e5)} of ${Math.floor(random() * 1e6)}, see https://docs.example.com/${pick(random, WORDS)}/${Math.floor(random() * 1e4)}?page=2`,
  (random) =>
    `+++ b/src/${pick(random, WORDS)}/${pick(random, WORDS)}.ts @@ -${Math.floor(random() * 400)},7 +${Math.floor(random() * 400)},9 @@`,
];
/** What one text in four holds somewhere. */
const SECRETS: readonly ((random: Random) => string)[] = [
  (random) => `mail ${pick(random, WORDS)}.${pick(random, WORDS)}@example.com`,
  (random) => `export GITHUB_TOKEN=${['gh', 'p_'].join('')}${letters(random, 36)}`,
  (random) => `password: ${letters(random, 11)}7!`,
  () => 'card 4111 1111 1111 1111',
  (random) => `call +1 415 555 0${100 + Math.floor(random() * 900)}`,
];

/** Texts of about 2 KB: prose, logs, JSON, code, lists and diffs in turn, one in four with a secret or personal data in it. */
export function mixedTexts(count: number, random: Random): string[] {
  return Array.from({ length: count }, (_, index) => {
    const lines: string[] = [];
    for (let size = 0; size < 2048; size += lines[lines.length - 1]!.length + 1)
      lines.push(pick(random, LINES)(random));
    if (index % 4 === 0) lines.splice(Math.floor(random() * lines.length), 0, pick(random, SECRETS)(random));
    return lines.join('\n');
  });
}
