import { openstackVendorData, staticVendorData, vendorData } from '../index.ts'
import { type Call, type Command, flag, type Option, text } from './command.ts'
import { injectOptions, readUserData, write } from './input.ts'
import { EXIT, type Io, UsageError } from './io.ts'
import { INJECTION, OUTPUT_FILE, REPORTING } from './options.ts'
import { report, statusOf } from './report.ts'
import { inTime, weightOf } from './time-limit.ts'

/** The rows of injection that do not speak of rewritten user-data. */
const ROWS: readonly string[] = [
  'annotation',
  'metadata',
  'values',
  'default-inject',
  'profile',
  'guest-url',
  'allow-unknown',
  'strict',
]
const STATIC: Option = {
  name: 'static',
  summary: 'one document for a whole fleet, that reads the annotations on the guest; takes no user-data',
}
const FORM: Option = {
  name: 'form',
  value: 'FORM',
  choices: ['raw', 'openstack'],
  summary: 'raw is what cloud-init reads; openstack is the JSON of a vendor_data.json',
}

/** The vendor-data, undefined when there are errors, and what is to be said. */
type Made = ReturnType<typeof staticVendorData>

async function staticOf(call: Call, io: Io): Promise<Made> {
  const [file] = call.operands
  if (file !== undefined) {
    throw new UsageError(`--static takes no user-data, and ${file} is given`, 'the guest reads its own user-data')
  }
  if (text(call.values, 'metadata') !== undefined) {
    throw new UsageError('--metadata is of one VM, --static of many', 'give defaults with --annotation or --values')
  }
  const { profile, ...options } = await injectOptions(call, io, '--static')
  if (profile === 'fetch') {
    const hint = 'use full or prebuilt: what reads the annotations on the guest has to travel with the document'
    throw new UsageError('--static takes no --profile fetch', hint)
  }
  return inTime(
    weightOf(new Uint8Array(), options),
    () => staticVendorData({ ...options, ...(profile !== undefined && { profile }) }),
    io,
  )
}

async function vendorDataOf(call: Call, io: Io): Promise<Made> {
  const { name, bytes } = await readUserData(call, io)
  const options = await injectOptions(call, io, name)
  return inTime(weightOf(bytes, options), () => vendorData(bytes, options), io)
}

export const vendorDataCommand: Command = {
  name: 'vendor-data',
  operands: '[FILE|-]',
  completes: 'file',
  maxOperands: 1,
  summary: 'write the injection alone, as vendor-data; the user-data stays untouched',
  description: [
    'Reads user-data from FILE or standard input and writes vendor-data that boots its VM into the mesh.',
    'The vendor-data is empty for user-data that is not annotated, and for user-data that brings the injection itself.',
    'With --static one document serves every VM: the guest reads the annotations of its own user-data and of its ' +
      'instance metadata, and joins or is left alone; --annotation and --values then give the defaults of the fleet.',
    'Where a platform allows no / in the keys of metadata, write : instead, consul.hashicorp.com:connect-inject.',
  ],
  options: [STATIC, FORM, OUTPUT_FILE, ...INJECTION.filter(({ name }) => ROWS.includes(name)), ...REPORTING],
  examples: [
    'consul-vm-inject vendor-data web.yaml > vendor-data',
    'consul-vm-inject vendor-data --static --values values.yaml -o vendor-data',
    'consul-vm-inject vendor-data --static --form openstack -o /etc/nova/vendor_data.json',
  ],
  async run(call, io) {
    const { output, diagnostics } = flag(call.values, 'static')
      ? await staticOf(call, io)
      : await vendorDataOf(call, io)
    if (output !== undefined) {
      const data = text(call.values, 'form') === 'openstack' ? openstackVendorData(output) : output
      await write(data, text(call.values, 'output-file'), io)
    }
    report(diagnostics, call.values, io)
    return output === undefined ? statusOf(diagnostics) : EXIT.done
  },
}
