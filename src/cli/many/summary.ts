/** What became of a file. */
export type FileOutcome = 'injected' | 'uninjected' | 'unchanged' | 'refused' | 'unread' | 'unwritten'

/** In the order in which they are told: what was done, and for check what is to be done. */
const WORDS: Readonly<Record<FileOutcome, readonly [done: string, todo: string]>> = {
  injected: ['injected', 'to inject'],
  uninjected: ['taken out of the mesh', 'to take out of the mesh'],
  unchanged: ['left as $', 'to leave as $'],
  refused: ['refused', 'refused'],
  unread: ['not readable', 'not readable'],
  unwritten: ['not written', 'not written'],
}
const BAD: readonly FileOutcome[] = ['refused', 'unread', 'unwritten']

const files = (count: number): string => `${count} file${count === 1 ? '' : 's'}`

/** `12 files: 9 injected, 2 left as they are, 1 refused`. */
export function summary(outcomes: readonly FileOutcome[], tense: 'done' | 'todo' | 'nothing done'): string {
  const counts = Object.entries(WORDS).flatMap(([outcome, [done, todo]]) => {
    const count = outcomes.filter(one => one === outcome).length
    if (count === 0 || (tense === 'nothing done' && !BAD.some(bad => bad === outcome))) return []
    return [`${count} ${(tense === 'todo' ? todo : done).replace('$', count === 1 ? 'it is' : 'they are')}`]
  })
  const good = outcomes.filter(outcome => !BAD.includes(outcome)).length
  const rest = good === 0 ? '' : ` (--keep-going writes the other ${good === 1 ? 'one' : good})`
  return `${files(outcomes.length)}: ${counts.join(', ')}${tense === 'nothing done' ? `; nothing was written${rest}` : ''}\n`
}
