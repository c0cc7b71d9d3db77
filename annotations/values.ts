/**
 * The value syntaxes of annotations. `@format` names the grammar (src/annotate/grammar) that parses and explains a value;
 * `@pattern` and enums are the part of it that a JSON Schema can say, never stricter than the grammar; `@minimum` and `@maximum` are
 * the bounds of the number that a value means.
 * Values are always strings; an empty value counts as not given and is dropped before the schema sees it.
 */

/**
 * A boolean as Go writes it: `true` or `false`, or one of their short spellings. `yes`, `no`, `on` and `off` are refused.
 *
 * @format go-bool
 */
export type GoBool = '1' | 't' | 'T' | 'TRUE' | 'true' | 'True' | '0' | 'f' | 'F' | 'FALSE' | 'false' | 'False'

/**
 * One service name, or several separated by commas. Letters, digits, dots, dashes and underscores; best a DNS label.
 *
 * @format service-names
 */
export type ServiceNames = string

/**
 * One port number 1-65535, or several separated by commas. Decimal only; a VM has no named container ports.
 *
 * @format service-ports
 */
export type ServicePorts = string

/**
 * A port number 1-65535, decimal.
 *
 * @format port
 * @minimum 1
 * @maximum 65535
 * @pattern ^[1-9][0-9]{0,4}$
 */
export type Port = string

/**
 * A port number 1024-65535, decimal: one that a process without privileges may bind.
 *
 * @format unprivileged-port
 * @minimum 1024
 * @maximum 65535
 * @pattern ^[1-9][0-9]{3,4}$
 */
export type UnprivilegedPort = string

/**
 * A whole number, zero or more, decimal digits only. No unit: `30`, not `30s`.
 *
 * @format uint
 * @minimum 0
 * @maximum 4294967295
 * @pattern ^(0|[1-9][0-9]{0,9})$
 */
export type Uint = string

/**
 * A length of time as Go writes it: `500ms`, `10s`, `1m30s`.
 *
 * @format duration
 * @pattern ^([0-9]+(\.[0-9]*)?|\.[0-9]+)[a-zµμ]+
 */
export type Duration = string

/**
 * An amount of processor time as Kubernetes writes it, in cores: `0.5`, `2`, or `500m` for thousandths.
 *
 * @format quantity-cpu
 * @pattern ^\+?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?$
 */
export type CpuQuantity = string

/**
 * An amount of memory as Kubernetes writes it, in bytes: `64Mi` counts in 1024s, `64M` in 1000s.
 *
 * @format quantity-memory
 * @pattern ^\+?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?$
 */
export type MemoryQuantity = string

/**
 * Port numbers and ranges separated by commas: `22`, `8000:8010` or `8000-8010`. Spaces around items are ignored.
 *
 * @format port-ranges
 * @pattern ^[0-9:,\s-]*$
 */
export type PortRanges = string

/**
 * User ids separated by commas; user names are allowed too and are looked up on the guest.
 *
 * @format uids
 */
export type Uids = string

/**
 * One user: an id, or a name that is looked up on the guest.
 *
 * @format user-name
 * @pattern ^[a-z0-9_-]{1,32}\$?$
 */
export type UserName = string

/**
 * Paths that are reached from outside the mesh, separated by commas: `LISTENER-PORT:PORT/PATH`, the port on which Envoy listens for
 * it, and the local port behind it. `?http2` after the path where that speaks HTTP/2.
 *
 * @format expose-paths
 */
export type ExposePaths = string

/**
 * Upstreams separated by commas: `name:port`, `name:port:datacenter`, `name.svc:port`, `prepared_query:name:port`,
 * each with options after a `?`.
 *
 * @format upstreams
 */
export type Upstreams = string

/**
 * Tags separated by commas; `\,` is a literal comma. A tag that is exactly `$POD_NAME` or `$HOSTNAME` becomes the host
 * name, `$INSTANCE_ID` the instance id, at boot.
 *
 * @format tags
 */
export type Tags = string

/**
 * A service meta value, at most 512 characters, taken as it stands. A value that is exactly `$POD_NAME`, `$HOSTNAME` or
 * `$INSTANCE_ID` is filled in at boot.
 *
 * @format meta-value
 */
export type MetaValue = string

/**
 * A JSON object.
 *
 * @format json-object
 */
export type JsonObject = string

/**
 * A JSON array.
 *
 * @format json-array
 */
export type JsonArray = string

/**
 * Command-line words with shell quoting. They are split once, here; no shell ever sees them.
 *
 * @format shell-words
 */
export type ShellWords = string

/**
 * The path part of a URL, beginning with `/`.
 *
 * @format url-path
 * @pattern ^/
 */
export type UrlPath = string

/**
 * An absolute path on the VM.
 *
 * @format absolute-path
 * @pattern ^/
 */
export type AbsolutePath = string

/**
 * The name of a systemd service unit, with its suffix: `web.service`.
 *
 * @format unit-name
 * @pattern \.service$
 */
export type UnitName = string

/**
 * What happens to traffic while something is away: `open` lets it go on by itself, `closed` holds it back.
 *
 * @format failure-mode
 */
export type FailureMode = 'open' | 'closed'

/**
 * Any text.
 *
 * @format text
 */
export type Text = string

/**
 * The name of a Consul namespace.
 *
 * @format namespace-name
 */
export type NamespaceName = string

/**
 * The name of an auth method of Consul: letters, digits, hyphens and underscores.
 *
 * @format auth-method-name
 * @pattern ^[A-Za-z0-9_-]{1,128}$
 */
export type AuthMethodName = string

/**
 * A region, or a region and a zone of it: `REGION/ZONE`, each of letters, digits, dashes, dots and underscores.
 *
 * @format locality
 * @pattern ^[A-Za-z0-9_.-]{1,64}(?:/[A-Za-z0-9_.-]{1,64})?$
 */
export type Locality = string

/**
 * A weight, a whole number 1-65535.
 *
 * @format weight
 * @minimum 1
 * @maximum 65535
 * @pattern ^[1-9][0-9]{0,4}$
 */
export type Weight = string

/**
 * The name of a datacenter: lower-case letters, digits, dashes and underscores.
 *
 * @format datacenter-name
 */
export type DatacenterName = string
