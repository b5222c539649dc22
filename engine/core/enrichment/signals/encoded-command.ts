const SHELL = '(?:sudo )?(?:/bin/|/usr/bin/env )?(?:ba|z|da|k)?sh\\b';
const INTERPRETER = `(?:${SHELL}|python[0-9.]*\\b|perl\\b|node\\b|ruby\\b|php\\b)`;

/** Ways to run what was hidden in an encoding. Gaps are bounded, so every pattern is linear. */
const PATTERNS: readonly RegExp[] = [
  new RegExp(`\\b(?:base64|base32|basenc)\\b[^|]{0,60}\\s-{1,2}(?:d|D|decode)\\b[^|;]{0,120}\\|\\s{0,4}${INTERPRETER}`),
  new RegExp(`\\b(?:xxd\\s{1,4}-r|openssl\\s{1,4}(?:enc|base64)\\b)[^|;]{0,120}\\|\\s{0,4}${INTERPRETER}`),
  /\b(?:eval|source|(?:ba|z|da|k)?sh\s{1,4}-c)\b[^|\n]{0,80}(?:\$\(|`|<\()[^)`]{0,4000}\b(?:base64|base32|basenc|xxd)\b[^)`]{0,60}\s-{1,2}(?:d|D|decode|r)\b/,
  /\b(?:exec|eval|system|popen|run)\s{0,4}\([^\n]{0,120}\b(?:b64decode|b32decode|a85decode|unhexlify|fromhex|base64_decode|decode64|atob)\s{0,4}\(/,
  /\b(?:eval|Function)\s{0,4}\(\s{0,4}(?:atob|Buffer\.from)\s{0,4}\(/,
  /\b(?:powershell|pwsh)(?:\.exe)?\b[^|\n]{0,120}\s-(?:e|ec|enc|encodedcommand)\s{1,4}["']?[A-Za-z0-9+/=]{16}/i,
  /\bFromBase64String\b[^\n]{0,4000}\b(?:iex|Invoke-Expression)\b|\b(?:iex|Invoke-Expression)\b[^\n]{0,200}\bFromBase64String\b/i,
];

/** Whether a command decodes a payload and runs what comes out. */
export function decodesAndRuns(command: string): boolean {
  return PATTERNS.some((pattern) => pattern.test(command));
}
