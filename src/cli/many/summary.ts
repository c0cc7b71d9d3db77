/** What became of a document. */
export type Deed = 'injected' | 'out' | 'left' | 'refused' | 'unread' | 'unwritten'

/** In the order in which they are told: what was done, and for check what is to be done. */
const WORDS: Readonly<Record<Deed, readonly [done: string, todo: string]>> = {
  injected: ['injected', 'to inject'],
  out: ['taken out of the mesh', 'to take out of the mesh'],
  left: ['left as $', 'to leave as $'],
  refused: ['refused', 'refused'],
  unread: ['not readable', 'not readable'],
  unwritten: ['not written', 'not written'],
}
const BAD: readonly Deed[] = ['refused', 'unread', 'unwritten']

const files = (count: number): string => `${count} file${count === 1 ? '' : 's'}`

/** `12 files: 9 injected, 2 left as they are, 1 refused`. */
export function summary(deeds: readonly Deed[], tense: 'done' | 'todo' | 'nothing done'): string {
  const counts = Object.entries(WORDS).flatMap(([deed, [done, todo]]) => {
    const count = deeds.filter(one => one === deed).length
    if (count === 0 || (tense === 'nothing done' && !BAD.some(bad => bad === deed))) return []
    return [`${count} ${(tense === 'todo' ? todo : done).replace('$', count === 1 ? 'it is' : 'they are')}`]
  })
  const good = deeds.filter(deed => !BAD.includes(deed)).length
  const rest = good === 0 ? '' : ` (--keep-going writes the other ${good === 1 ? 'one' : good})`
  return `${files(deeds.length)}: ${counts.join(', ')}${tense === 'nothing done' ? `; nothing was written${rest}` : ''}\n`
}
