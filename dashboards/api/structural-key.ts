import { createAttributeClassifier } from '../../engine/redaction/classify-attribute.ts';

/**
 * Tells attribute keys that hold facts about a call from those that hold what somebody said, by the list that redaction goes by.
 * A key on neither list counts as content.
 */
export function createStructuralKeys(): (key: string) => boolean {
  const classify = createAttributeClassifier();
  return (key) => classify(key) === 'structural';
}
