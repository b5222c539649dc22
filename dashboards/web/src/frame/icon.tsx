/** Line drawings of one weight, 16 px. */
const PATHS = {
  overview: 'M2 13V8m4 5V3m4 10V6m4 7V9',
  alerts: 'M8 2 1.5 13.5h13L8 2Zm0 4.5v3m0 2v.5',
  sessions: 'M2 3.5h6M4 8h8M7 12.5h7',
  agents: 'M4 6h8v7H4zM8 3v3M6.5 9v1M9.5 9v1M2 9v2m12-2v2',
  rules: 'M3 4l1.2 1.2L6.5 3M8.5 4.5H14M3 11l1.2 1.2L6.5 10M8.5 11.5H14',
  sql: 'M2.5 4 6 8l-3.5 4M8 12.5h6',
  admin: 'M2 5h7m4 0h1M2 11h1m4 0h7M11 3.2v3.6M5 9.2v3.6',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14',
  theme: 'M8 2a6 6 0 1 0 0 12V2Z',
  fold: 'M6 3 2.5 8 6 13M2.5 8H14',
  out: 'M6 3H3v10h3m3-8 3 3-3 3m3-3H6',
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
