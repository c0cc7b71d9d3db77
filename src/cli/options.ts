import { CHOICES } from '../api/choices.ts'
import type { Command, Option } from './command.ts'

/** Options that several commands share, each stated once. */
const HELP: Option = { name: 'help', short: 'h', summary: 'show this help' }
const VERSION_OPTION: Option = { name: 'version', summary: 'show the version' }
export const QUIET: Option = { name: 'quiet', short: 'q', summary: 'say nothing but errors' }
export const OUTPUT_FILE: Option = {
  name: 'output-file',
  short: 'o',
  value: 'FILE',
  summary: 'write to FILE (whole or not at all) instead of standard output',
}
/** How the original of a file that is rewritten in place is called: its name with this behind it. */
export const BACKUP: Option & { readonly choices: readonly string[]; readonly usual: string } = {
  name: 'backup',
  value: 'SUFFIX',
  choices: ['.orig', '.bak'],
  usual: '.orig',
  summary: 'with --in-place: what the name of the kept original ends in, .orig unless given',
}
/** Where several documents go. */
export const DESTINATION: readonly Option[] = [
  {
    name: 'output-dir',
    value: 'DIR',
    summary: 'write each file below DIR, under its name or its path below the directory that was given',
  },
  { name: 'in-place', summary: 'rewrite each file where it stands; its original is kept beside it' },
  BACKUP,
]
/** What is done with several documents. */
export const MANY: readonly Option[] = [
  ...DESTINATION,
  { name: 'keep-going', summary: 'write the others when one is refused; the exit status tells of it all the same' },
]
export const COLOR: Option = {
  name: 'color',
  value: 'WHEN',
  choices: ['auto', 'always', 'never'],
  summary: 'colour diagnostics; auto looks at the terminal and at NO_COLOR',
}
export const FORMAT: Option = {
  name: 'output',
  value: 'FORMAT',
  choices: ['pretty', 'json'],
  summary: 'how diagnostics are written: for people, or as one JSON array',
}

/** For a command of which the diagnostics are the data. */
export const REPORT_FORMAT: Option = {
  ...FORMAT,
  choices: ['pretty', 'json', 'sarif', 'github'],
  summary: 'how diagnostics are written: for people, or as data: a JSON array, SARIF 2.1.0, commands of GitHub Actions',
}

/** What says how a document is to be injected. */
export const INJECTION: readonly Option[] = [
  {
    name: 'annotation',
    short: 'a',
    value: 'KEY=VALUE',
    multiple: true,
    summary:
      'set an annotation; outranks the document; the key may leave out consul.hashicorp.com/ or alpha.consul.hashicorp.com/',
  },
  { name: 'metadata', value: 'FILE', summary: 'take annotations from a Kubernetes ObjectMeta (YAML or JSON)' },
  { name: 'values', value: 'FILE', summary: 'take defaults from a values file of the consul-k8s Helm chart' },
  { name: 'default-inject', summary: 'inject unless connect-inject is "false"' },
  {
    name: 'profile',
    value: 'PROFILE',
    choices: CHOICES.profile,
    summary:
      'full brings everything to the VM; prebuilt only service-config.json, for an image that has the rest; fetch lets the VM get the rest from --guest-url',
  },
  {
    name: 'guest-url',
    value: 'URL',
    summary: 'with --profile fetch: where the VM gets the guest files, by their digest; see guest --bundle',
  },
  {
    name: 'layout',
    value: 'LAYOUT',
    choices: CHOICES.layout,
    summary: 'multipart takes every format; cloud-config keeps one YAML document one YAML document',
  },
  {
    name: 'platform',
    value: 'PLATFORM',
    choices: CHOICES.platform,
    summary: 'leave its addresses alone, and refuse what it would not take: too large, or of an unknown form',
  },
  {
    name: 'compress',
    value: 'WHEN',
    choices: CHOICES.compress,
    summary: 'gzip the user-data; auto does so only where it would not fit otherwise',
  },
  {
    name: 'vendor-data',
    value: 'FILE',
    summary: 'the vendor-data of the platform: refuse to add keys that would hide keys of it',
  },
  { name: 'allow-unknown', summary: 'let unknown consul.hashicorp.com/ keys pass, with a warning' },
  { name: 'strict', summary: 'count every warning as an error' },
]

/** How diagnostics are written. */
export const REPORTING: readonly Option[] = [FORMAT, COLOR, QUIET]

/** Every option of a command, those included that all commands have. */
export const optionsOf = ({ options }: Pick<Command, 'options'>): readonly Option[] => [
  ...options,
  HELP,
  VERSION_OPTION,
]
