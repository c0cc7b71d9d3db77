import type { Code } from '../catalogue.ts'

/** An input that produces a code: files, and the command line that is run beside them. */
export interface Example {
  readonly files: Readonly<Record<string, string>>
  /** As it is typed into a shell, in the folder of the files. */
  readonly command: string
  /** A lighter code that always comes with it. */
  readonly also?: Code
}

/** How a code comes about that no document on a command line produces, in words, and the test that brings it about. */
export interface Condition {
  readonly when: string
  /** Path of the test, from the root of the repository. */
  readonly test: string
}

/** What there is to say of a code beside its row in the catalogue. */
export interface Explanation {
  /** Why the tool says so: what would happen otherwise. */
  readonly why: string
  readonly remedy: string
  readonly example: Example | Condition
}

/** The codes of the families with these hundreds. */
export type FamilyOf<Hundred extends string> = Extract<Code, `${'E' | 'W' | 'N'}${Hundred}${string}`>

/** Explanations of whole families: a code without one does not compile. */
export type Explanations<Hundred extends string> = Readonly<Record<FamilyOf<Hundred>, Explanation>>

/** Annotations by their names; of those of VMs alone with `alpha:` before it. */
type Names = Readonly<Record<string, string>>

/** A cloud-config with these annotations in its head. */
export const annotated = (names: Names, body = ''): string =>
  `#cloud-config\n${Object.entries(names)
    .map(([name, value]) => {
      const key = name.replace(/^(alpha:)?/, prefix => `${prefix === '' ? '' : 'alpha.'}consul.hashicorp.com/`)
      return `# ${key}: ${JSON.stringify(value)}\n`
    })
    .join('')}${body}`

/** The same for a VM that joins with the service web. */
export const web = (names: Names = {}, body = ''): string =>
  annotated({ 'connect-inject': 'true', 'connect-service': 'web', ...names }, body)

/** A document that is judged, with the options that it takes for that. The image brings the rest, so that nothing else is to be said. */
export const checked = (document: string, options = '', files: Readonly<Record<string, string>> = {}): Example => ({
  files: { 'web.yaml': document, ...files },
  command: `consul-vm-inject check --profile prebuilt ${options === '' ? '' : `${options} `}web.yaml`,
})

/** A document that is judged with a values file. */
export const valued = (values: string, document: string = web()): Example =>
  checked(document, '--values values.yaml', { 'values.yaml': values })

/** What a shell makes of a document. */
export const shell = (command: string, document: string = web()): Example => ({
  files: command.includes('web.yaml') ? { 'web.yaml': document } : {},
  command,
})
