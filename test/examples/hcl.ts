/** A piece of HCL that is not an expression of its own: where it begins, and how many characters it has. */
const PIECES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['comment', /#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y],
  ['heredoc', /<<-?([A-Z]+)\n[\s\S]*?\n[ \t]*\1(?=\n)/y],
  ['string', /"(?:[^"\\\n$%]|\\.|[$%](?!\{)|[$%]\{[^{}"\n]*\})*"/y],
]

/** What HCL declares and refers to, and what is wrong with its brackets and quotes. No evaluation, no grammar. */
export interface Hcl {
  readonly faults: readonly string[]
  /** Addresses: `var.image`, `data.external.web`, `aws_instance.web`, `source.qemu.web`. */
  readonly declared: ReadonlySet<string>
  readonly referred: ReadonlySet<string>
}

const BLOCK = /^(variable|data|resource|source|locals|output|check|module)((?: "[\w-]+")*) \{$/gm
const PREFIX: Readonly<Record<string, string>> = { variable: 'var.', data: 'data.', source: 'source.', resource: '' }
const REFERENCE = /\b(?:var\.\w+|data\.\w+\.\w+|source\.\w+\.\w+|aws_\w+\.\w+)/g

export function readHcl(text: string): Hcl {
  const faults: string[] = []
  const open: string[] = []
  let code = ''
  for (let at = 0; at < text.length; ) {
    const line = text.slice(0, at).split('\n').length
    const found = PIECES.flatMap(([name, pattern]) => {
      pattern.lastIndex = at
      const piece = pattern.exec(text)?.[0]
      return piece === undefined ? [] : [{ name, piece }]
    })[0]
    if (found !== undefined) {
      // Of a string what is interpolated counts, and a string that is nothing but an address.
      if (found.name !== 'comment') code += ` ${found.piece} `
      at += found.piece.length
      continue
    }
    const sign = text.charAt(at)
    if (sign === '"') faults.push(`line ${line}: a quote is never closed`)
    if ('{[('.includes(sign)) open.push(sign)
    else if ('}])'.includes(sign) && open.pop() !== { '}': '{', ']': '[', ')': '(' }[sign])
      faults.push(`line ${line}: ${sign} closes nothing`)
    code += sign
    at += 1
  }
  if (open.length > 0) faults.push(`never closed: ${open.join('')}`)
  const blocks = [...text.matchAll(BLOCK)].flatMap(([, kind = '', labels = '']) => {
    const prefix = PREFIX[kind]
    return prefix === undefined ? [] : [prefix + [...labels.matchAll(/"([^"]+)"/g)].map(([, label]) => label).join('.')]
  })
  return { faults, declared: new Set(blocks), referred: new Set(code.match(REFERENCE) ?? []) }
}

/** The keys and the text behind them of an attribute `name = { ... }` that holds one line a key. */
export function mapOf(text: string, name: string): ReadonlyMap<string, string> {
  const body = new RegExp(`^ *${name} = \\{\\n([\\s\\S]*?)^ *\\}$`, 'm').exec(text)?.[1] ?? ''
  return new Map([...body.matchAll(/^ *(\w+) += (.+)$/gm)].map(([, key = '', value = '']) => [key, value]))
}
