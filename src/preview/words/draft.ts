/** Something said of a plan, and the facts that it says: each a fact, or what a fact begins with. */
export interface Draft {
  readonly words: string
  readonly facts: readonly string[]
}

export const draft = (words: string, ...facts: readonly string[]): Draft => ({ words, facts })

/** Whether something is said by a text: the fact itself, or a field or an item of it. */
export const says = ({ facts }: Draft, fact: string): boolean =>
  facts.some(known => fact === known || (fact.startsWith(known) && /[ .[=]/.test(fact.charAt(known.length))))

/** A list for people. */
export const listed = (items: readonly unknown[]): string => items.map(String).join(', ')
