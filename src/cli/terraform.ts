import { createHash } from 'node:crypto'
import { decodeBase64 } from '../decode/base64.ts'
import { utf8Of } from '../decode/utf8.ts'
import { type InjectResult, inject } from '../index.ts'
import { servicesIn } from '../plan/mesh-plan.ts'
import { type Diagnostic, inOrder, toRecord, withSources } from '../report/diagnostics.ts'
import { jsonText } from '../report/json.ts'
import { pretty } from '../report/pretty.ts'
import type { Command } from './command.ts'
import { injectOptions, readUserData } from './input.ts'
import { EXIT, type ExitCode, type Io, UsageError } from './io.ts'
import { statusOf } from './report.ts'
import { QUERY, type Query, readQuery } from './terraform-query.ts'
import { inTime, weightOf } from './time-limit.ts'

/** Every key of the result, with what its text is. */
const RESULT: Readonly<Record<string, string>> = {
  user_data: 'the text; absent where it is no text, as gzip is not',
  user_data_base64: 'its bytes in base64, for what takes that',
  bytes: 'how many bytes those are',
  sha256: 'their digest',
  injected: '"true" or "false"',
  service: 'the name of the service, or names with commas; empty where nothing was injected',
  registration: 'what the VM registers with Consul, as JSON; {} where nothing was injected',
  diagnostics: 'warnings and notes, as a JSON array',
}

/** What Terraform hands on unchanged: UTF-8, and composed as Unicode's NFC is, since it composes what is not. */
function textOf(bytes: Uint8Array): string | undefined {
  const text = utf8Of(bytes)
  return text === text?.normalize('NFC') ? text : undefined
}

function resultOf(output: Uint8Array, { decision, plan, diagnostics }: InjectResult): Readonly<Record<string, string>> {
  const text = textOf(output)
  // User-data that came in base64 goes out so; a platform is to get it in base64 once.
  const bytes = decodeBase64(text ?? '')?.bytes ?? output
  const registration = plan?.serviceConfig.plan.registration
  const services = registration === undefined ? [] : servicesIn(registration)
  return {
    ...(text !== undefined && { user_data: text }),
    user_data_base64: Buffer.from(bytes).toString('base64'),
    bytes: String(bytes.length),
    sha256: createHash('sha256').update(bytes).digest('hex'),
    injected: String(decision.inject),
    service: services.map(({ name }) => name).join(','),
    registration: JSON.stringify(registration ?? {}),
    diagnostics: JSON.stringify(inOrder(diagnostics).map(toRecord)),
  }
}

async function readJson(io: Io): Promise<string> {
  if (io.stdinIsTerminal) {
    throw new UsageError(
      'there is no query: Terraform gives it on standard input',
      'try `consul-vm-inject terraform -h`',
    )
  }
  const { bytes } = await readUserData({ operands: ['-'], values: {} }, io)
  return new TextDecoder().decode(bytes)
}

/** Annotations stand under a key of the query here, not behind an option. */
const renamed = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  withSources(diagnostics, source => (source.name === '--annotation' ? { ...source, name: 'annotations' } : source))

/** Injects as the command line would: the files that options name are texts of the query. */
async function injected({ name, userData, values, files }: Query, io: Io) {
  const texts: Io = { ...io, readFile: async path => new TextEncoder().encode(files.get(path)) }
  const options = await injectOptions({ values, operands: [] }, texts, name)
  const result = inTime(weightOf(userData, options), () => inject(userData, options), io)
  return { ...result, diagnostics: renamed(result.diagnostics) }
}

async function answer(io: Io): Promise<ExitCode> {
  const query = readQuery(await readJson(io))
  if (!('userData' in query)) {
    io.stderr(pretty(query, false))
    return EXIT.bad
  }
  const result = await injected(query, io)
  if (result.output === undefined) {
    io.stderr(pretty(result.diagnostics, false))
    return statusOf(result.diagnostics)
  }
  io.stdout(jsonText(resultOf(result.output, result)))
  return EXIT.done
}

const listed = (rows: readonly (readonly [string, string])[]): readonly string[] =>
  rows.map(([key, text]) => `${key}: ${text}`)

export const terraformCommand: Command = {
  name: 'terraform',
  operands: '',
  completes: 'nothing',
  maxOperands: 0,
  summary: 'inject as the program of a data source "external" of Terraform',
  description: [
    'Reads one JSON object of strings from standard input, the query. It must have one of the first two keys.',
    ...listed(QUERY),
    'Writes one JSON object of strings to standard output, the result.',
    ...listed(Object.entries(RESULT)),
    'On any error standard output stays empty and standard error says what is wrong, which Terraform shows.',
  ],
  options: [],
  examples: [`echo '{"user_data": "#!/bin/sh"}' | consul-vm-inject terraform`],
  run: (_call, io) => answer(io),
}
