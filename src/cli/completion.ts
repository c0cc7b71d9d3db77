import { nearest } from '../report/nearest.ts'
import type { Command } from './command.ts'
import { bash } from './completion/bash.ts'
import { fish } from './completion/fish.ts'
import { SHELLS, type Shell } from './completion/words.ts'
import { zsh } from './completion/zsh.ts'
import { EXIT, UsageError } from './io.ts'

const WRITERS: Readonly<Record<Shell, (commands: readonly Command[]) => string>> = { bash, zsh, fish }

export const completionCommand: Command = {
  name: 'completion',
  operands: 'bash|zsh|fish',
  completes: 'shell',
  maxOperands: 1,
  summary: 'print the completion of a shell',
  description: ['Made from the table of commands and from the annotation model.'],
  options: [],
  examples: [
    'source <(consul-vm-inject completion bash)',
    'consul-vm-inject completion fish > ~/.config/fish/completions/consul-vm-inject.fish',
  ],
  async run({ operands: [asked] }, io, all) {
    const shell = SHELLS.find(name => name === asked)
    if (shell === undefined) {
      const near = nearest(asked ?? '', SHELLS)
      throw new UsageError(
        asked === undefined ? 'completion needs the name of a shell' : `there is no completion for ${asked}`,
        near === undefined ? `name one of ${SHELLS.join(', ')}` : `did you mean ${near}?`,
      )
    }
    io.stdout(WRITERS[shell](all()))
    return EXIT.done
  },
}
