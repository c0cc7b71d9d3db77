import { renderGuest } from '../index.ts'
import { type Command, flag, type Option, text } from './command.ts'
import { EXIT, type ExitCode, type Io, UsageError } from './io.ts'
import { whyNotWritten } from './reasons.ts'

const NEXT = `What is left to do in the image: install Consul and Envoy, and have the two lines in force that are there as
files: the system user envoy (systemd-sysusers) and the enabled consul-sidecar-init.service (systemctl preset).
`

const FOLDER: Option = {
  name: 'output',
  value: 'DIR',
  summary: 'write below the directory DIR, which is made when it is missing',
}
const INSTALL: Option = { name: 'install', summary: 'install on the system this runs on' }

async function writeBelow(folder: string, io: Io): Promise<void> {
  for (const { path, mode, content } of renderGuest().files) {
    const target = `${folder.replace(/\/+$/, '')}${path}`
    try {
      await io.writeFile(target, new TextEncoder().encode(content), Number.parseInt(mode, 8))
    } catch (error) {
      throw new UsageError(`cannot write ${target}: ${whyNotWritten(error)}`)
    }
    io.stderr(`${mode} ${target}\n`)
  }
  io.stderr(NEXT)
}

export const guestCommand: Command = {
  name: 'guest',
  operands: '',
  completes: 'nothing',
  maxOperands: 0,
  summary: 'write the guest files, to bake them into an image',
  description: [
    'An image that holds them needs user-data of --profile prebuilt only: one small file.',
    'Without options a script goes to standard output that installs them on the system it runs on, as root.',
    'With --output they are written below a directory instead, as they belong below the root of the image.',
    'With --install they are installed on this system, which takes root.',
  ],
  options: [FOLDER, INSTALL],
  examples: ['consul-vm-inject guest --output image/root', 'consul-vm-inject guest | ssh root@image sh'],
  async run({ values }, io): Promise<ExitCode> {
    const folder = text(values, 'output')
    if (folder !== undefined && flag(values, 'install'))
      throw new UsageError('--output and --install exclude each other')
    if (folder !== undefined) await writeBelow(folder, io)
    else if (!flag(values, 'install')) io.stdout(renderGuest().script)
    else if ((await io.runScript(renderGuest().script)) !== 0)
      throw new UsageError('the guest files were not all installed')
    return EXIT.done
  },
}
