import { type Preview, preview } from '../index.ts'
import { isManifest } from '../kubernetes/manifest/recognise.ts'
import { diffText } from '../preview/diff-text.ts'
import { summaryText } from '../preview/summary-text.ts'
import { trafficSvg } from '../preview/traffic/svg.ts'
import { trafficText } from '../preview/traffic/text.ts'
import { jsonText } from '../report/json.ts'
import { painter } from '../report/paint.ts'
import { wantsColour } from './colour.ts'
import { type Command, flag, type OptionValues, text } from './command.ts'
import { displayName, injectOptions, read, readUserData } from './input.ts'
import { EXIT, type Io, UsageError } from './io.ts'
import { COLOR, FORMAT, INJECTION, QUIET } from './options.ts'
import { report, statusOf } from './report.ts'
import { inTime, weightOf } from './time-limit.ts'

/** How a preview is written, by the names of --view. */
const VIEWS: Readonly<Record<string, (preview: Preview, colour: boolean, all: boolean) => string>> = {
  diff: (preview, colour, all) => diffText(preview, painter(colour), all),
  summary: (preview, colour) => summaryText(preview, painter(colour)),
  traffic: ({ traffic }, colour) => (traffic === undefined ? '' : trafficText(traffic, painter(colour))),
  'traffic-svg': ({ traffic }) => (traffic === undefined ? '' : trafficSvg(traffic)),
  json: jsonText,
}

const viewOf = (values: OptionValues, io: Io, preview: Preview): string => {
  const view = VIEWS[text(values, 'view') ?? 'diff']
  return view === undefined ? '' : view(preview, wantsColour(values, io, io.stdoutIsTerminal), flag(values, 'all'))
}

const MANIFEST = 'compare it with what `consul-vm-inject` makes of it: kubectl diff, or diff'

export const previewCommand: Command = {
  name: 'preview',
  operands: '[FILE|-]',
  completes: 'file',
  maxOperands: 1,
  summary: 'show what inject would change: the injected diff; write nothing',
  description: [
    'The diff has the user-data and what is made for this VM, decoded; the summary has what the annotations do on the VM.',
    'Secrets that stand in the user-data are masked. The exit status is 0 when nothing would change, else 1.',
  ],
  options: [
    {
      name: 'view',
      value: 'VIEW',
      choices: Object.keys(VIEWS),
      summary:
        'what is shown: a unified diff, a summary, a picture of the traffic in text or as SVG, or all of it as data',
    },
    {
      name: 'all',
      summary: 'the diff has the guest files too that are the same on every VM, and are named only otherwise',
    },
    {
      name: 'against',
      value: 'FILE',
      summary: 'compare with user-data that was injected earlier, not with the document itself',
    },
    ...INJECTION,
    FORMAT,
    { ...COLOR, summary: 'colour the diff and diagnostics; auto looks at the terminal and at NO_COLOR' },
    QUIET,
  ],
  examples: [
    'consul-vm-inject preview web.yaml',
    'consul-vm-inject preview --view summary web.yaml',
    'consul-vm-inject preview --view traffic web.yaml',
    'consul-vm-inject preview --against web.injected web.yaml',
  ],
  async run(call, io) {
    const view = text(call.values, 'view') ?? 'diff'
    if (flag(call.values, 'all') && view !== 'diff')
      throw new UsageError(
        `--all is for the diff, and --view ${view} is none`,
        'leave --all out; --view json has everything',
      )
    const { name, bytes } = await readUserData(call, io)
    if (isManifest(bytes)) throw new UsageError(`${name} is a Kubernetes manifest: preview shows user-data`, MANIFEST)
    const options = await injectOptions(call, io, name)
    const path = text(call.values, 'against')
    const against =
      path === undefined ? undefined : { against: { name: displayName(path), bytes: await read(path, io) } }
    const weight = weightOf(bytes, options) + (against?.against.bytes.length ?? 0)
    const result = inTime(weight, () => preview(bytes, { ...options, ...against }), io)
    if (result.preview !== undefined) io.stdout(viewOf(call.values, io, result.preview))
    report(result.diagnostics, call.values, io)
    if (result.preview === undefined) return statusOf(result.diagnostics)
    return result.preview.changed ? EXIT.changed : EXIT.done
  },
}
