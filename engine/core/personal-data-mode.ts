/** Whether names and addresses are masked in what goes to a provider: no; where it can be done; or nothing is sent without. */
export const PERSONAL_DATA_MODES = ['off', 'tag', 'required'] as const;
export type PersonalDataMode = (typeof PERSONAL_DATA_MODES)[number];
