/** Categories of tools through which an agent can do harm. */
export const GRAVE = /write|money|payment|exec|shell|code|send|delete|email|external/;
