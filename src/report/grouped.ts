/** A number as people read it: 16,384. */
export const grouped = (number: number): string => number.toLocaleString('en-US')
