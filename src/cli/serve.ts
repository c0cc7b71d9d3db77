import { CHOICES } from '../api/choices.ts'
import { guestUrlFaults } from '../api/guest-url.ts'
import { prettyUsage } from '../report/pretty.ts'
import { activation, type Listening, LOOPBACK, PORT, readListen } from '../serve/listen.ts'
import { LEVELS } from '../serve/log.ts'
import type { Settings } from '../serve/settings.ts'
import { type Command, flag, type Option, type OptionValues, text } from './command.ts'
import { EXIT, type Io, UsageError } from './io.ts'
import { INJECTION } from './options.ts'
import { report } from './report.ts'

const shared = (name: string): readonly Option[] => INJECTION.filter(option => option.name === name)

/** Options that are numbers: what each is when it is not given, and the least and the most it may be. */
const NUMBERS = {
  'max-body': [1024 * 1024, 1, 64 * 1024 * 1024],
  'max-connections': [1024, 1, 65_536],
  'request-timeout': [30, 1, 3600],
  'shutdown-timeout': [10, 0, 3600],
} as const

function numberOf(values: OptionValues, name: keyof typeof NUMBERS): number {
  const [preset, least, most] = NUMBERS[name]
  const given = text(values, name)
  if (given === undefined) return preset
  const number = /^[0-9]{1,9}$/.test(given) ? Number(given) : Number.NaN
  if (number >= least && number <= most) return number
  throw new UsageError(`--${name} ${given} is not a number from ${least} to ${most}`)
}

function listeningOf(values: OptionValues, { env, process }: Io): Listening {
  const given = text(values, 'listen')
  if (given !== undefined) {
    const read = readListen(given)
    if (read !== undefined) return read
    throw new UsageError(`--listen ${given} is not an address`, 'write 127.0.0.1:8080, [::1]:8080, :8080 or 8080')
  }
  const passed = activation(env, process.pid)
  if (typeof passed === 'string') throw new UsageError(passed)
  return passed ?? { kind: 'address', host: LOOPBACK, port: PORT }
}

function tlsOf(values: OptionValues): Settings['tls'] {
  const [cert, key, clientCa] = ['tls-cert', 'tls-key', 'client-ca'].map(name => text(values, name))
  if (cert !== undefined && key !== undefined) return { cert, key, clientCa }
  if (cert !== undefined || key !== undefined) throw new UsageError('--tls-cert and --tls-key need each other')
  if (clientCa !== undefined) throw new UsageError('--client-ca needs --tls-cert and --tls-key')
  return undefined
}

/** The profile, and where its guest files are. */
function fetchOf(values: OptionValues): Pick<Settings, 'profile' | 'guestUrl'> {
  const profile = CHOICES.profile.find(choice => choice === text(values, 'profile')) ?? 'full'
  const guestUrl = text(values, 'guest-url')
  const [fault] = guestUrlFaults(profile, guestUrl)
  if (fault !== undefined) throw new UsageError(fault.message, fault.hint)
  return { profile, guestUrl }
}

function settingsOf(values: OptionValues, io: Io): Settings {
  return {
    listening: listeningOf(values, io),
    directory: text(values, 'directory'),
    page: flag(values, 'page'),
    mode: text(values, 'mode') === 'vendor' ? 'vendor' : 'mutate',
    onError: text(values, 'on-error') === 'fail' ? 'fail' : 'pass',
    tls: tlsOf(values),
    tokenFile: text(values, 'token-file'),
    values: text(values, 'values'),
    ...fetchOf(values),
    defaultInject: flag(values, 'default-inject'),
    maxBody: numberOf(values, 'max-body'),
    maxConnections: numberOf(values, 'max-connections'),
    requestMilliseconds: numberOf(values, 'request-timeout') * 1000,
    shutdownMilliseconds: numberOf(values, 'shutdown-timeout') * 1000,
    logLevel: LEVELS.find(level => level === text(values, 'log-level')) ?? 'info',
    idleMilliseconds: 60_000,
    checkMilliseconds: 1000,
    pollMilliseconds: 10_000,
    jobMilliseconds: 5000,
  }
}

export const serveCommand: Command = {
  name: 'serve',
  operands: '',
  completes: 'nothing',
  maxOperands: 0,
  summary: 'inject over HTTP: NoCloud seeds, OpenStack vendor-data, Kubernetes admission, or the pipe',
  description: [
    'GET /INSTANCE/user-data, meta-data, vendor-data, network-config: a NoCloud seed from --directory DIR, in which every ' +
      'instance is a directory with files of these names.',
    'POST /openstack/vendordata: a target named cloud-init for the DynamicJSON vendor-data of Nova.',
    'POST /mutate: the admission webhook of Kubernetes, for the virtual machines of KubeVirt.',
    'POST /inject and /check: the commands; their options are parameters of the query.',
    'GET /guest/DIGEST: the guest files, for --profile fetch; with --guest-url http://this-host:8080/guest/ VMs find them here.',
    'GET / with --page: a page that shows the diff, the summary and the diagnostics of user-data as it is typed.',
    'GET /healthz, /readyz and /metrics: for probes and for Prometheus.',
    'Writes one line of JSON for every request to standard error, never user-data.',
    'SIGHUP reads the values, the token and the certificates again; the latter two also when they change. SIGTERM ends the ' +
      'server once the requests that are under way are answered.',
  ],
  options: [
    {
      name: 'listen',
      value: 'ADDRESS',
      summary: `where to listen, ${LOOPBACK}:${PORT} unless given; :${PORT} is every address; or the socket of systemd`,
    },
    { name: 'directory', value: 'DIR', summary: 'serve NoCloud seeds from the instances in DIR' },
    { name: 'page', summary: 'offer the preview page at /, a browser for what preview shows; on loopback only' },
    {
      name: 'mode',
      value: 'MODE',
      choices: ['mutate', 'vendor'],
      summary: 'mutate injects into user-data; vendor leaves user-data as it is and adds vendor-data',
    },
    {
      name: 'on-error',
      value: 'WHAT',
      choices: ['pass', 'fail'],
      summary: 'of annotations with errors: pass lets the VM boot with its own user-data, fail answers 422',
    },
    ...shared('values'),
    ...shared('profile'),
    ...shared('guest-url'),
    ...shared('default-inject'),
    { name: 'tls-cert', value: 'FILE', summary: 'serve HTTPS with this certificate and its chain (PEM)' },
    { name: 'tls-key', value: 'FILE', summary: 'the key of the certificate (PEM)' },
    {
      name: 'client-ca',
      value: 'FILE',
      summary: 'answer only clients with a certificate of this CA, except at /healthz, /readyz and /guest/',
    },
    {
      name: 'token-file',
      value: 'FILE',
      summary:
        'answer only with this token, as bearer or as password in the URL (http://any:TOKEN@host/), except at /healthz, /readyz and /guest/',
    },
    { name: 'max-body', value: 'BYTES', summary: `largest body that is read, ${NUMBERS['max-body'][0]} unless given` },
    {
      name: 'max-connections',
      value: 'COUNT',
      summary: `most connections at a time, ${NUMBERS['max-connections'][0]} unless given`,
    },
    {
      name: 'request-timeout',
      value: 'SECONDS',
      summary: `time for a request to arrive, ${NUMBERS['request-timeout'][0]} unless given`,
    },
    {
      name: 'shutdown-timeout',
      value: 'SECONDS',
      summary: `time for requests to end after SIGTERM, ${NUMBERS['shutdown-timeout'][0]} unless given`,
    },
    { name: 'log-level', value: 'LEVEL', choices: LEVELS, summary: 'least weight of what is logged; probes are debug' },
  ],
  examples: [
    'consul-vm-inject serve --directory /srv/seeds',
    'consul-vm-inject serve --listen :8443 --tls-cert tls.crt --tls-key tls.key --token-file token',
    'consul-vm-inject serve --page',
    'curl --data-binary @web.yaml "http://127.0.0.1:8080/inject?profile=prebuilt"',
  ],
  async run({ values }, io) {
    const settings = settingsOf(values, io)
    const { serve } = await import('../serve/serve.ts')
    const { readFile, stderr, process } = io
    const { memory, onSignal } = process
    const started = await serve(settings, { readFile, memory, onSignal, write: stderr })
    if (!started.ok) {
      report(started.diagnostics ?? [], {}, io)
      io.stderr(prettyUsage(started.message, started.hint, false))
      return EXIT.bad
    }
    await started.ended
    return EXIT.done
  },
}
