import { ATTRIBUTE_CLASSES, type AttributeClasses } from './attribute-classes.ts';
import { createBoundedCache } from './bounded-cache.ts';

export type AttributeClass = 'structural' | 'content' | 'unclassified';

export type AttributeClassifier = (key: string) => AttributeClass;

const KEYS_REMEMBERED = 8192;

/** The built-in classes with an org's own on top: `extra` wins where both name a key. */
export function createAttributeClassifier(extra: Partial<AttributeClasses> = {}): AttributeClassifier {
  const exact = new Map<string, AttributeClass>();
  const below = new Map<string, AttributeClass>();
  for (const classes of [ATTRIBUTE_CLASSES, extra]) {
    for (const kind of ['content', 'structural'] as const) {
      for (const entry of classes[kind] ?? []) {
        if (entry.endsWith('.*')) below.set(entry.slice(0, -2), kind);
        else exact.set(entry, kind);
      }
    }
  }
  const remembered = createBoundedCache<string, AttributeClass>(KEYS_REMEMBERED);
  return (key) => {
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const found = classify(withoutIndexes(key), exact, below);
    remembered.set(key, found);
    return found;
  };
}

function classify(
  key: string,
  exact: ReadonlyMap<string, AttributeClass>,
  below: ReadonlyMap<string, AttributeClass>,
): AttributeClass {
  const known = exact.get(key);
  if (known !== undefined) return known;
  for (let dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
    const found = below.get(key.slice(0, dot));
    if (found !== undefined) return found;
  }
  return 'unclassified';
}

/** `llm.input_messages.12.message.content` is one key for all messages. */
function withoutIndexes(key: string): string {
  return key.replace(/\.\d{1,9}(?=\.|$)/g, '.N');
}
