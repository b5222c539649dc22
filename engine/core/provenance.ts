/**
 * What of a span's text tells who asked for a call: small numbers, and keyed hashes: 32 bits of the stems of words, 64 bits of salient
 * tokens, these as unsigned decimals. Kinds of action are bits; see engine/redaction/provenance/words-of-language.ts.
 */
export interface SpanProvenance {
  /** The call that the span is, or those that the model's answer asks for. */
  readonly calls: readonly CallReference[];
  /** What the user asks for; empty where the span brings nothing new from the user. */
  readonly request: RequestReference;
  /** Sentences of untrusted text that ask for something, the strongest first. */
  readonly instructions: readonly InstructionReference[];
}

export interface CallReference {
  readonly id: string;
  readonly tool: string;
  /** Kinds of action that the tool's name tells. */
  readonly kinds: number;
  /** What else the tool's name names: the file of delete_file. */
  readonly objects: readonly number[];
  /** Words of the arguments. */
  readonly words: readonly number[];
  /** Salient tokens of the arguments. */
  readonly refs: readonly string[];
}

export interface RequestReference {
  readonly kinds: number;
  /** The user lets something that the agent reads say what to do. */
  readonly delegates: boolean;
  readonly words: readonly number[];
}

export interface InstructionReference {
  /** 1 says that something has to be done, 2 asks for it, 3 commands it. */
  readonly strength: number;
  readonly kinds: number;
  readonly words: readonly number[];
  readonly refs: readonly string[];
  /** Those of the references that something can be sent to: addresses, URLs, account numbers. */
  readonly targets: readonly string[];
}
