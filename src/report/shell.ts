/** A word of a shell, quoted. */
export const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
