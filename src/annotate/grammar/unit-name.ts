import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

const LONGEST = 255

/** The name of a systemd service unit: `app.service`, `app@blue.service`; not a template (`app@.service`). */
export const unitName: (value: string) => Parsed<string> = onOneLine(value => {
  const wrong = (why: string, hint?: string, start?: number, end?: number): Parsed<never> =>
    refuse(complaint(`${quote(value)} is not the name of a service unit: ${why}`, hint, start, end))
  const at = value.search(/[^A-Za-z0-9:_.\\@-]/)
  if (at >= 0)
    return wrong('it holds characters that unit names cannot', 'write a name such as "app.service"', at, at + 1)
  if (!value.endsWith('.service')) {
    const typed = /\.(socket|target|timer|path|mount|automount|swap|slice|scope|device)$/.test(value)
    return wrong(
      'it does not end in ".service"',
      typed ? 'name the service that the unit starts' : `write "${value}.service"`,
    )
  }
  const stem = value.slice(0, -'.service'.length)
  if (stem === '') return wrong('nothing stands before ".service"')
  if (stem.startsWith('@')) return wrong('nothing stands before "@"')
  if (stem.endsWith('@')) return wrong('it is a template', `name an instance: "${stem}1.service"`)
  return value.length > LONGEST ? wrong(`it is longer than ${LONGEST} characters`) : meaning(value)
})
