import { type Guest, guest, guestBundle } from '../index.ts'
import { type Call, type Command, flag, type Option, text } from './command.ts'
import { injectOptions, write } from './input.ts'
import { EXIT, type ExitCode, type Io, UsageError } from './io.ts'
import { COLOR, INJECTION, QUIET } from './options.ts'
import { whyNotWritten } from './reasons.ts'
import { report } from './report.ts'

const NEXT = `What is left to do in the image: install Consul and Envoy (/usr/local/bin/consul-mesh-packages does), and have the
two lines in force that are there as files: the system user envoy (systemd-sysusers) and the enabled
consul-sidecar-init.service (systemctl preset).
`

const FOLDER: Option = {
  name: 'output',
  value: 'DIR',
  summary: 'write below the directory DIR, which is made when it is missing',
}
const BUNDLE: Option = {
  name: 'bundle',
  value: 'FILE',
  summary: 'write the files as one bundle to FILE (- is standard output), for --profile fetch',
}
const INSTALL: Option = { name: 'install', summary: 'install on the system this runs on' }

async function writeBelow(folder: string, { files }: Guest, quiet: boolean, io: Io): Promise<void> {
  for (const { path, mode, content } of files) {
    const target = `${folder.replace(/\/+$/, '')}${path}`
    try {
      await io.writeFile(target, new TextEncoder().encode(content), Number.parseInt(mode, 8))
    } catch (error) {
      throw new UsageError(`cannot write ${target}: ${whyNotWritten(error)}`)
    }
    if (!quiet) io.stderr(`${mode} ${target}\n`)
  }
  if (!quiet) io.stderr(NEXT)
}

/** Writes the bundle, which is the same for every values file: what those say travels with each VM. */
async function writeBundle(path: string, { values }: Call, io: Io): Promise<ExitCode> {
  if (text(values, 'values') !== undefined) {
    throw new UsageError('--bundle takes no --values', 'give the values file where the user-data is injected')
  }
  const { bytes, digest } = guestBundle()
  await write(bytes, path, io)
  if (!flag(values, 'quiet')) io.stderr(`sha256 ${digest}\n`)
  return EXIT.done
}

export const guestCommand: Command = {
  name: 'guest',
  operands: '',
  completes: 'nothing',
  maxOperands: 0,
  summary: 'write the guest files, to bake them into an image',
  description: [
    'An image that holds them needs user-data of --profile prebuilt only: one small file.',
    'The settings that the agent needs for the mesh are among them; --values says more of it: whom to join, TLS, packages.',
    'Without options a script goes to standard output that installs them on the system it runs on, as root.',
    'With --output they are written below a directory instead, as they belong below the root of the image.',
    'With --bundle they are one file, to be put where the VMs of --profile fetch reach it; its name may be its SHA-256.',
    'With --install they are installed on this system, which takes root.',
  ],
  options: [FOLDER, BUNDLE, INSTALL, ...INJECTION.filter(({ name }) => name === 'values'), COLOR, QUIET],
  examples: [
    'consul-vm-inject guest --values values.yaml --output image/root',
    'consul-vm-inject guest --values values.yaml | ssh root@image sh',
    'consul-vm-inject guest --bundle guest.bundle',
  ],
  async run(call, io): Promise<ExitCode> {
    const folder = text(call.values, 'output')
    const ways = ['output', 'bundle', 'install'].filter(name => call.values[name] !== undefined)
    if (ways.length > 1) throw new UsageError(`--${ways[0]} and --${ways[1]} exclude each other`)
    const bundle = text(call.values, 'bundle')
    if (bundle !== undefined) return writeBundle(bundle, call, io)
    const { output, diagnostics } = guest(await injectOptions(call, io))
    if (output !== undefined) {
      if (folder !== undefined) await writeBelow(folder, output, flag(call.values, 'quiet'), io)
      else if (!flag(call.values, 'install')) io.stdout(output.script)
      else if ((await io.runScript(output.script)) !== 0) throw new UsageError('the guest files were not all installed')
    }
    // Here --output is a directory, not the form of what is said.
    report(diagnostics, { ...call.values, output: undefined }, io)
    return output === undefined ? EXIT.bad : EXIT.done
  },
}
