import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** The name of an auth method: at most 128 letters, digits, hyphens and underscores. */
export const authMethodName: (value: string) => Parsed<string> = onOneLine(value =>
  /^[A-Za-z0-9_-]{1,128}$/.test(value)
    ? meaning(value)
    : refuse(
        complaint(
          `${quote(value)} is not the name of an auth method`,
          'write at most 128 letters, digits, hyphens and underscores, as in `consul acl auth-method list`',
        ),
      ),
)
