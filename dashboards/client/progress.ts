/** Shows on standard error how far long work has come. */
export type ShowProgress = (
  label: string,
  unit: '%' | 'sessions',
) => Promise<{ show(value: number, total: number, text: string): void; stop(): void }>;
