/**
 * Sentences that tell whoever reads them what to do, and marks of a chat's structure that no document has. Generic phrasing
 * from public collections of injections; gaps are bounded, so every pattern is linear.
 */
const PATTERNS: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|preceding|your|system)\b[^.\n]{0,30}\b(?:instruction|direction|prompt|rule|guideline|task)s?\b/i,
  /<\|(?:im_start|im_end|system|user|assistant)\|?>|\[\/?INST\]|<<\/?SYS>>|<\/?system>|^#{1,4} ?system(?: prompt)?:?\s*$/im,
  /\b(?:ai|llm|automated|language)[ -](?:assistant|agent|reader|model|tool)s?\b[^.\n]{0,60}\b(?:must|should|shall|need to|have to|are (?:required|instructed|asked|advised) to)\b/i,
  /\bas an? (?:ai|assistant|agent|language model|llm)\b[^.\n]{0,60}\b(?:you (?:must|should|need to|have to|are to))\b/i,
  /\b(?:do not|don't|never) (?:tell|inform|mention|reveal|show|notify|alert|warn)\b[^.\n]{0,40}\buser\b/i,
  /\bbefore (?:you )?(?:can |may )?(?:answer|respond|reply|continu|proceed|complet|solv)\w*\b[^.\n]{0,100}\b(?:you (?:must|need to|have to)|must first|please (?:do|call|run|send|execute|open|visit|forward|transfer|delete)|first (?:call|run|send|execute|open|visit|forward|transfer|delete))\b/i,
  /\b(?:new|updated|revised|additional|important) (?:system )?instructions? (?:for|to) (?:the )?(?:ai|assistant|agent|model|llm)\b/i,
  /\b(?:new|updated|revised) (?:system )?instructions?\s{0,2}:/i,
];

/** Whether a text that a tool or document brought in speaks to the model that reads it. */
export function instructsReader(text: string): boolean {
  return text.length >= MIN_LENGTH && PATTERNS.some((pattern) => pattern.test(text));
}

const MIN_LENGTH = 8;
