/** A place that a second scanner would not have let through. Offsets are UTF-16 units of the text it was given. */
export interface SecondFinding {
  readonly start: number;
  readonly end: number;
  /** What it took it for, in the scanner's own words: letters, digits, `-`. */
  readonly rule: string;
}

/**
 * A scanner of another make, over text that ours has redacted already: what it finds, only it found. It never verifies a
 * credential with its issuer, and it never keeps, prints or sends a text.
 */
export interface SecondScanner {
  readonly name: 'secretlint' | 'trufflehog';
  /** Findings of each text, in the order of the texts. Throws when it could not look at all of them. */
  scan(texts: readonly string[]): Promise<readonly (readonly SecondFinding[])[]>;
}
