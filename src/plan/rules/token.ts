import { keyOf as key } from '../reader.ts'
import type { Case, Rule } from './rule.ts'

/** What proves to an auth method who the VM is: one of these. */
const PROOFS: readonly string[] = ['alpha:acl-bearer-token-file', 'alpha:acl-aws-iam']

const proofs = ({ reader }: Case): readonly string[] =>
  PROOFS.filter(name => reader.given(name) !== undefined && (name !== 'alpha:acl-aws-iam' || reader.on(name)))

/** Rules on where the ACL token comes from. */
export const TOKEN_RULES: readonly Rule[] = [
  {
    code: 'E316',
    find({ reader }) {
      const [file, method] = [reader.given('alpha:acl-token-file'), reader.given('alpha:acl-auth-method')]
      if (file === undefined || method === undefined) return undefined
      return {
        message: `the token comes either from a file or by logging in: ${file.key} and ${method.key} are both given`,
        hint: 'take one of the two out',
        at: method,
      }
    },
  },
  {
    code: 'E317',
    find(it) {
      const method = it.reader.given('alpha:acl-auth-method')
      if (method === undefined || proofs(it).length > 0) return undefined
      return {
        message: `${method.key} needs ${PROOFS.map(key).join(' or ')}: what proves who the VM is`,
        hint: `add ${key('alpha:acl-bearer-token-file')} with the path of a JWT`,
        at: method,
      }
    },
  },
  {
    code: 'E318',
    find(it) {
      const method = it.reader.given('alpha:acl-auth-method')
      if (method === undefined || proofs(it).length < 2) return undefined
      return {
        message: `${method.key} needs only one of ${PROOFS.map(key).join(' or ')}: what proves who the VM is`,
        hint: 'take one of the two out',
        at: method,
      }
    },
  },
  {
    code: 'E319',
    find(it) {
      if (it.reader.given('alpha:acl-auth-method') !== undefined) return undefined
      return proofs(it).map(name => ({
        message: `${key(name)} is for logging in, and no auth method is given`,
        hint: `add ${key('alpha:acl-auth-method')} with its name`,
        at: it.reader.given(name),
      }))
    },
  },
  {
    code: 'W317',
    find({ reader, acls }) {
      const given = ['alpha:acl-token-file', 'alpha:acl-auth-method'].some(name => reader.given(name) !== undefined)
      if (!acls || given) return undefined
      return {
        message: 'ACLs are on in the values file, and the sidecar has no token',
        hint: `add ${key('alpha:acl-token-file')} with the path of a token for service:write`,
      }
    },
  },
]
