export type Severity = 'error' | 'warning' | 'note'

/** The stable codes; a code keeps its meaning for ever. */
export type Code =
  | 'E101'
  | 'E102'
  | 'E103'
  | 'E104'
  | 'E105'
  | 'E106'
  | 'E107'
  | 'E201'
  | 'E202'
  | 'E203'
  | 'E204'
  | 'E205'
  | 'E206'
  | 'E207'
  | 'E301'
  | 'E302'
  | 'E303'
  | 'E304'
  | 'E305'
  | 'E401'
  | 'E402'
  | 'E403'
  | 'E501'
  | 'E601'
  | 'E602'
  | 'E603'
  | 'E604'
  | 'E605'
  | 'E701'
  | 'E702'
  | 'E703'
  | 'E704'
  | 'E705'
  | 'E706'
  | 'E707'
  | 'E708'
  | 'W101'
  | 'W102'
  | 'W201'
  | 'W202'
  | 'W203'
  | 'W204'
  | 'W301'
  | 'W302'
  | 'W303'
  | 'W304'
  | 'W305'
  | 'W307'
  | 'W308'
  | 'W309'
  | 'W401'
  | 'W402'
  | 'W403'
  | 'W601'
  | 'W602'
  | 'W603'
  | 'W604'
  | 'W605'
  | 'N101'
  | 'N102'
  | 'N103'
  | 'N104'
  | 'N105'

/**
 * Every code the tool can give, with its severity and what it stands for. The reference of
 * codes in the README is this table.
 */
export const CATALOGUE: Readonly<Record<Code, readonly [Severity, string]>> = {
  E101: ['error', 'the user-data is larger than the tool will read'],
  E102: ['error', 'the user-data was injected before and has been edited inside the injected parts'],
  E103: ['error', 'the file to compare with was not written by this tool'],
  E104: ['error', 'the address of the guest files, which the profile fetch needs, is missing or cannot be used'],
  E105: ['error', 'the user-data is in UTF-16 or UTF-32, which cloud-init does not read'],
  E106: ['error', 'the document is not for cloud-init, or not for the machine that boots with it'],
  E107: ['error', 'the user-data is larger than preview will show'],
  E201: ['error', 'an annotation has no meaning here: the key is unknown'],
  E202: ['error', 'the same annotation is given twice with different values'],
  E203: ['error', 'an annotation has a value of the wrong kind'],
  E204: ['error', 'an annotation stands where it cannot be read or taken out'],
  E205: ['error', 'an annotation carries a secret'],
  E206: ['error', 'a file given beside the user-data cannot be used'],
  E207: ['error', 'the query of Terraform cannot be used'],
  E301: ['error', 'the value of an annotation is not valid'],
  E302: ['error', 'an annotation cannot be used on a virtual machine'],
  E303: ['error', 'a required annotation is missing'],
  E304: ['error', 'two annotations contradict each other'],
  E305: ['error', 'the Consul agent would refuse the registration'],
  E401: ['error', 'the injection cannot be written into this document in the layout that was asked for'],
  E402: ['error', 'a key of the vendor-data would be lost beside a key that injection adds'],
  E403: ['error', 'the platform does not take user-data of this form'],
  E501: ['error', 'the user-data is larger than the platform takes'],
  E601: ['error', 'the user-data grows beyond what KubeVirt takes inside a virtual machine'],
  E602: ['error', 'the user-data of a Kubernetes object cannot be read'],
  E603: ['error', 'a Kubernetes object has no place for user-data'],
  E604: ['error', 'a Kubernetes manifest cannot be read'],
  E605: ['error', 'a Kubernetes manifest cannot be changed in place'],
  E701: ['error', 'serve: the request is malformed'],
  E702: ['error', 'serve: the request carries no valid token or client certificate, or comes from elsewhere'],
  E703: ['error', 'serve: there is nothing at this path'],
  E704: ['error', 'serve: the method is not allowed at this path'],
  E705: ['error', 'serve: the request is too large or too slow'],
  E706: ['error', 'serve: the body is encoded, or is of a kind that is not taken'],
  E707: ['error', 'serve: the request cannot be answered now'],
  E708: ['error', 'serve: a fault of the server itself'],
  W101: ['warning', 'cloud-init will not apply this document as written'],
  W102: ['warning', 'the document is not for cloud-init, or not for the machine that boots with it'],
  W201: ['warning', 'an annotation is unknown and was allowed'],
  W202: ['warning', 'an annotation is empty and counts as not given'],
  W203: ['warning', 'a comment that looks like an annotation stands where none is read'],
  W204: ['warning', 'a value of the Helm values file is unknown to the chart'],
  W301: ['warning', 'an annotation means nothing on a virtual machine'],
  W302: ['warning', 'an annotation has a newer spelling'],
  W303: ['warning', 'a value is accepted but will surprise'],
  W304: ['warning', 'the agent that the profile full installs has no server to join'],
  W305: ['warning', 'a sidecar that fails closed has nothing to hold back'],
  W307: ['warning', 'the document brings software whose containers or guests have networks of their own'],
  W308: ['warning', 'the document brings a firewall, and the sidecar’s port is not named'],
  W309: ['warning', 'an agent that is installed may find several private addresses, and then does not start'],
  W401: ['warning', 'the user-data switches vendor-data off'],
  W402: ['warning', 'annotation keys stay in user-data that is not rewritten'],
  W403: ['warning', 'a multipart document is nested one level deep, for parts cannot be added to it'],
  W601: ['warning', 'the user-data of a virtual machine is in a Secret, and only there it can be injected'],
  W602: ['warning', 'a virtual machine has user-data that KubeVirt does not read'],
  W603: ['warning', 'ports of the mesh are not handed on to a virtual machine'],
  W604: ['warning', 'a virtual machine has an address that no peer reaches'],
  W605: ['warning', 'an annotated object is of a kind that the tool does not change'],
  N101: ['note', 'the user-data was left as it is'],
  N102: ['note', 'what the tool decided for the operator'],
  N103: ['note', 'what of the Helm values file means nothing on a virtual machine, or is read otherwise there'],
  N104: ['note', 'injection adds keys that vendor-data could also have'],
  N105: ['note', 'the form of the user-data that the platform must be told'],
}
