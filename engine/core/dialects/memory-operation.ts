/** What an operation's name says about a memory, word by word: `search_memory`, `create_memory_store`, `recall`. */
const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ['read', 'read'],
  ['search', 'read'],
  ['retrieve', 'read'],
  ['recall', 'read'],
  ['get', 'read'],
  ['list', 'read'],
  ['write', 'write'],
  ['create', 'write'],
  ['update', 'write'],
  ['upsert', 'write'],
  ['store', 'write'],
  ['save', 'write'],
  ['add', 'write'],
  ['delete', 'delete'],
  ['remove', 'delete'],
  ['forget', 'delete'],
]);

/** `read`, `write` or `delete` for a memory operation's name, by its first word that says so; '' for any other. */
export function memoryOperation(name: string): string {
  for (const word of name
    .slice(0, 64)
    .toLowerCase()
    .split(/[^a-z]+/)) {
    const operation = OPERATIONS.get(word);
    if (operation !== undefined) return operation;
  }
  return '';
}
