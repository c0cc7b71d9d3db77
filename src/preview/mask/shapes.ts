import type { Range } from './range.ts'

/** Secrets that show by their shape alone. The first group of a pattern is the secret. */
const SHAPES: readonly RegExp[] = [
  // PEM and PGP blocks, also with `\n` for line breaks; one without an end goes on to the end of the text.
  /-{4,5} ?BEGIN [^\n-]+-{4,5}([\s\S]*?)(?=-{4,5} ?END |$(?![\s\S]))/dg,
  /\bPuTTY-User-Key-File-\d:([\s\S]*)/dg,
  /\b(AGE-SECRET-KEY-[A-Z0-9]+)/dgi,
  // A long user in a URL, which is a token.
  /:\/\/([^\s/:@"'<>]{16,})@/dg,
  /\b(?:Bearer|Basic)\s+([\w+/=.~$-]{6,})/dgi,
  // crypt(3), LDAP and argon hashes.
  /(\$(?:1|2[abxy]?|5|6|7|y|gy|argon2\w*|scrypt|pbkdf2[\w-]*)\$[^\s"',]+)/dg,
  /(\{S?(?:SHA|MD5|CRYPT|SSHA)\d*\}[^\s"',]+)/dgi,
  // Tokens of well-known makers.
  /\b((?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16})\b/dg,
  /\b((?:gh[opsur]_|github_pat_|glpat-|glrt-|xox[abeoprs]-|xapp-|npm_|pypi-|dop_v1_|hf_|sk-|rk_live_|sk_live_|tskey-|hv[bsr]\.|atlasv1\.|SG\.|AIza|ya29\.|lin_api_|shpat_|dckr_pat_)[\w.-]{12,})/dg,
  /\b(eyJ[\w-]{8,}\.[\w-]+\.?[\w-]*)/dg,
]

/** `user:password@` in a URL, not `host:port/path@`. A password may hold any sign: it goes on to the last `@`. */
const inUrls = (text: string): readonly Range[] =>
  [...text.matchAll(/[^\s"'<>]+/g)].flatMap(({ 0: word, index }) => {
    const start = word.indexOf('://')
    const end = word.lastIndexOf('@')
    if (start < 0 || end < start) return []
    const colon = /:(?!\d+\/)/.exec(word.slice(start + 3, end))?.index
    return colon === undefined ? [] : [[index + start + colon + 4, index + end] as const]
  })

/** Secrets that need no name: keys, hashes, passwords in URLs, tokens of well-known makers. */
export const secretsByShape = (text: string): readonly Range[] => [
  ...inUrls(text),
  ...SHAPES.flatMap(pattern =>
    [...text.matchAll(pattern)].flatMap(({ indices }) => (indices?.[1] === undefined ? [] : [indices[1]])),
  ),
]
