import { itemwise, listItems } from './list.ts'
import { decimal, type NumberRange } from './number.ts'
import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** A user: a number, or a name that the guest looks up in its passwd database. `text` is as written. */
export type User =
  | { readonly text: string; readonly id: number; readonly name?: never }
  | { readonly text: string; readonly name: string; readonly id?: never }

/** 4294967295 is -1, which stands for "no user" to the kernel. */
const UID: NumberRange = { name: 'the range of user ids', least: 0, most: 4294967294 }

const LONGEST = 32

const user = (text: string): Parsed<User> => {
  if (/^[0-9]+$/.test(text)) {
    const id = decimal(text, UID)
    return id.ok ? meaning({ text, id: id.value }) : id
  }
  if (/^[a-z_][a-z0-9_-]*\$?$/.test(text) && text.length <= LONGEST) return meaning({ text, name: text })
  const hint = /^[0-9]+[-:][0-9]+$/.test(text)
    ? 'ranges are not supported: list each id'
    : 'write a user id or a user name'
  return refuse(complaint(`${quote(text)} is neither a user id nor a user name`, hint))
}

/** One user id, or one user name as in a list of them. */
export const userName: (value: string) => Parsed<User> = onOneLine(user)

/** A comma list of user ids and, beyond consul-k8s, user names (at most 32 of `[a-z0-9_-]`); in order, repeats kept. */
export const uids: (value: string) => Parsed<readonly User[]> = onOneLine(value => itemwise(listItems(value), user))
