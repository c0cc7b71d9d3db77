import { isOurKey } from '../../annotate/annotation.ts'

/** Without one of these no name is that of a secret; most names are told by it. */
const STEM =
  /pass|pwd|psk|secret|token|credential|auth|preshared|string|key|sig|bearer|cookie|private|jwt|otp|pat|dsn|encrypt|gossip/i
/** What a name of a secret contains, wherever. Names are compared in snake case, lower case. */
const WITHIN =
  /passw(?:or)?d|passwd|passphrase|passcode|secret|token|credential|authorization|preshared|connection_?string|(?:api|access|account|auth|private|priv|signing|encrypt|encryption|master|license|unseal|recovery|host)_?key|basic_?auth|signature|bearer|cookie|_private$|^ssh_keys$/
/** What a name of a secret has for one of its words. */
const WORD = /(?:^|_)(?:pass|pwd|psk|sig|jwt|otp|pat|dsn|encrypt|gossip)(?:_|$)|pass$|pwd$|(?:^|_)auth$/
/** Names that contain one of these and are none: sudo's NOPASSWD, the shell's working directory, a switch of `consul login`. */
const HARMLESS = /^(?:aws_auto_bearer_token|nopasswd|pwd|oldpwd|bypass|compass|authorization_policy)$/
/** Such a name is that of a place where the secret is kept. */
const PLACE = /(?:^|_)(?:file|path|dir|directory|folder)s?$/
const IS_PLACE = /^["']?(?:~|\.\.?)?\//
/** Such a value is a path whatever its name is. */
const IS_PATH = /^["']?\/(?:etc|run|var|home|root|opt|srv|usr|tmp|mnt|dev)\/[\w./@-]+["']?[\s,;}\]]*(?:#.*)?$/

/** `dbPassword`, `DB-Password`, `db.password` -> `db_password` */
const snake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase()

/** Whether what goes by this name is a secret, as far as names tell. Annotations of this tool never are. */
export function isSecretName(name: string): boolean {
  if (!STEM.test(name) || isOurKey(name)) return false
  const plain = snake(name)
  return !HARMLESS.test(plain) && (WITHIN.test(plain) || WORD.test(plain))
}

/** Whether a name and its value say where a secret is kept, not the secret: `token_file: /etc/consul.d/token`. */
export const isPlaceOfSecret = (name: string, value: string): boolean =>
  IS_PATH.test(value) || (PLACE.test(snake(name)) && IS_PLACE.test(value))

const SECRET_FILE =
  /(?:token|secret|passw|credential|private|htpasswd|shadow|keytab)|(?:^|\/)(?:\.pgpass|\.netrc|\.my\.cnf|\.git-credentials|\.npmrc|\.pypirc|\.dockercfg|id_[a-z0-9]+)$|\.docker\/config\.json$|\.aws\/|\.kube\/config$|\.(?:key|pfx|p12|jks|kdbx|pem)$/i

/** Whether a file with this path holds a secret, as far as paths tell. */
export const isSecretFile = (path: string): boolean => SECRET_FILE.test(path) && !/\.pub$/.test(path)

/** Values that are no secret whatever their name is. */
export const isHarmlessValue = (value: string): boolean =>
  /^(?:true|false|yes|no|on|off|null|none|~)?$/i.test(
    value
      .replace(/(?:^|\s)#.*$/, '')
      .replace(/[\s,;"'\])}]+$/, '')
      .replace(/^[\s"']+/, ''),
  )
