export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/** Where archives lie: a folder or a bucket. Keys are paths with `/`, relative to the root. */
export interface ObjectStore {
  /** What it is, for messages; without anything secret. */
  readonly place: string;
  /** Whole or not at all; what was there is replaced. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** The same of a file. Interrupted and begun again it goes on where it was, as far as the store can; what is there already is left. */
  putFile(key: string, path: string, sha256: string): Promise<void>;
  /** Undefined when it is not there. */
  get(key: string): Promise<Buffer | undefined>;
  /** In the order of keys. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** What was begun below a prefix and never ended goes. Nothing may be under way there. */
  dropUnfinished(prefix: string): Promise<void>;
  /** What is not there is no error. Former versions go too. */
  remove(key: string): Promise<void>;
  close(): void;
}
