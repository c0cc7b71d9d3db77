import { checked, type Example, type Explanations, valued, web } from './explanation.ts'

const metadata = (text: string): Example => checked(web(), '--metadata meta.yaml', { 'meta.yaml': text })
const query = (text: string): Example => ({
  files: { 'query.json': `${text}\n` },
  command: 'consul-vm-inject terraform < query.json',
})
const USER_DATA = JSON.stringify(web())

/** Codes of what is given: annotations and where they stand, the files beside the user-data, the query of Terraform. */
export const GIVEN: Explanations<'2'> = {
  E201: {
    why: 'A misspelt key would be dropped without a word, and the VM would boot without what it says.',
    remedy:
      'Write the key that the help names. `consul-vm-inject explain` lists all; `--allow-unknown` lets unknown ones pass.',
    example: checked(web({ 'conect-service-port': '8080' })),
  },
  E202: {
    why: 'Nobody but you knows which of the two is meant.',
    remedy: 'Keep one of the two.',
    example: checked(`${web({ 'connect-service-port': '8080' })}# consul.hashicorp.com/connect-service-port: "9090"\n`),
  },
  E203: {
    why: 'Annotations are strings. YAML 1.1 reads 010 as 8 and 22:22 as 1342, so the tool does not guess.',
    remedy: 'Quote the value.',
    example: checked(web({}, 'consul.hashicorp.com/connect-service-port: 010\n')),
  },
  E204: {
    why: 'cloud-init 23.4 and newer reports keys that it does not know, so that annotation keys leave the tool as comments. Here that would change other lines.',
    remedy: 'Write the annotations as comments at the top of the document.',
    example: checked('#cloud-config\n{consul.hashicorp.com/connect-inject: "true", packages: [nginx]}\n'),
  },
  E205: {
    why: 'Any process on the VM can read its user-data.',
    remedy: 'Put the secret into a file by other means, and give its path: `acl-token-file`, `encrypt-file`.',
    example: checked(web({ 'alpha:acl-token-file': '3f9bc1a2-7a4e-4c7c-9df3-5f0b7f0c1a11' })),
  },
  E206: {
    why: 'It may say what the VM is to be, and cannot be read.',
    remedy: 'Fix the YAML at this place.',
    example: metadata('annotations: [\n'),
  },
  E207: {
    why: 'The data source "external" of Terraform gives one JSON object of strings on standard input.',
    remedy: 'Give {"user_data": "..."}.',
    example: query('["user_data"]'),
  },
  E208: {
    why: 'Without = it is not clear where the key ends.',
    remedy: "Write `--annotation 'connect-inject=true'`.",
    example: checked(web(), '--annotation connect-inject'),
  },
  E209: {
    why: 'A key counts where it stands in the YAML, and this is none. A jinja template is YAML only once the guest has filled it in.',
    remedy: 'Fix the YAML, or write the annotations as comments at the top of the document.',
    example: checked('#cloud-config\nconsul.hashicorp.com/connect-inject: "true"\npackages: [nginx\n'),
  },
  E210: {
    why: 'The keys stand at another place than where they count, which others may use as well.',
    remedy: 'Write the annotations where they are to count, or as comments at the top of the document.',
    example: checked(
      '#cloud-config\nours: &ours\n  consul.hashicorp.com/connect-inject: "true"\nannotations:\n  <<: *ours\n',
    ),
  },
  E211: {
    why: 'The value is known on the guest only, and the plan is made before.',
    remedy: 'Write the value itself.',
    example: checked(web({ 'connect-service-port': '{{ v1.port }}' }).replace('#', '## template: jinja\n#')),
  },
  E212: {
    why: 'Metadata and values files are mappings; another file was given.',
    remedy: 'Give a Kubernetes ObjectMeta, or a values file of the consul-k8s Helm chart.',
    example: metadata('- connect-inject\n'),
  },
  E213: {
    why: 'The chart would refuse it, or read something else than was meant.',
    remedy: 'Give the value as the chart has it.',
    example: valued('connectInject:\n  default: sometimes\n'),
  },
  E214: {
    why: 'What VMs take from the values file travels in user-data, which any process on the VM can read.',
    remedy: 'Put it into a file below /etc/consul.d by other means, or give the path of such a file by annotation.',
    example: valued(`client:\n  extraConfig: '{"encrypt": "pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s="}'\n`),
  },
  E215: {
    why: 'A VM evaluates nothing of what it is given.',
    remedy: 'Take it out of the values for VMs, and say by `client.join` whom their agents join.',
    example: valued('externalServers:\n  enabled: true\n  hosts: ["exec=/usr/bin/servers"]\n'),
  },
  E216: {
    why: 'What it gives the agent cannot be read: templates of Helm are not filled in here.',
    remedy: 'Write it out as a JSON object.',
    example: valued("client:\n  extraConfig: '{{ .Values.agent }}'\n"),
  },
  E217: {
    why: 'A misspelt key would be dropped without a word.',
    remedy: 'Write the key that the help names; `consul-vm-inject terraform --help` lists them.',
    example: query(`{"user_data": ${USER_DATA}, "profil": "prebuilt"}`),
  },
  E218: {
    why: 'The data source "external" of Terraform has strings only.',
    remedy: 'Give it as a string; lists and objects as `jsonencode` writes them.',
    example: query(`{"user_data": ${USER_DATA}, "strict": true}`),
  },
  E219: {
    why: 'The option knows these words only.',
    remedy: 'Give one of them.',
    example: query(`{"user_data": ${USER_DATA}, "profile": "small"}`),
  },
  E220: {
    why: 'Each annotation is a name and a string.',
    remedy: 'Write them with `jsonencode({ connect-inject = "true" })`.',
    example: query(`{"user_data": ${USER_DATA}, "annotations": "connect-inject=true"}`),
  },
  E221: {
    why: 'There is nothing to inject.',
    remedy: 'Give `user_data = file("web.yaml")`; an empty one is `""`.',
    example: query('{"profile": "prebuilt"}'),
  },
  E222: {
    why: 'Nobody but you knows which of the two is meant.',
    remedy: 'Leave one of `user_data` and `user_data_base64` out.',
    example: query(`{"user_data": ${USER_DATA}, "user_data_base64": ""}`),
  },
  E223: {
    why: 'It cannot be decoded.',
    remedy: 'Give text as `user_data`, or use `filebase64("web.yaml")`.',
    example: query('{"user_data_base64": "#cloud-config"}'),
  },
  W201: {
    why: '`--allow-unknown` was given. The annotation is not on the VM.',
    remedy: 'Leave it out, or `--allow-unknown`.',
    example: checked(web({ 'our-own-key': 'x' }), '--allow-unknown'),
  },
  W202: {
    why: 'An empty value takes nothing away from what a lower layer says.',
    remedy: 'Leave the key out, or give a value.',
    example: checked(web({ 'service-tags': '' })),
  },
  W203: {
    why: 'Comments count in the head of a document only, where nothing else is meant by them.',
    remedy: 'Move it to the top, above the first line that is not a comment.',
    example: checked(`${web({}, 'packages: [nginx]\n')}# consul.hashicorp.com/connect-service-port: "8080"\n`),
  },
  W204: {
    why: 'It resembles a value of the chart, and has no effect.',
    remedy: 'Write what the help names.',
    example: valued('client:\n  jion: [10.0.0.10]\n'),
  },
  W205: {
    why: '`service-meta-` needs the name of the meta entry behind it.',
    remedy: 'Name one: `service-meta-version`.',
    example: checked(web({ 'service-meta-': 'v1' })),
  },
}
