import { type Example, type Explanations, shell } from './explanation.ts'

const ASKED = 'consul.hashicorp.com/connect-inject: "true", consul.hashicorp.com/connect-service: web'

/** A VM of KubeVirt with these annotations, volumes and interfaces. */
const vm = (volumes: string, interfaces = '', annotations = ASKED): string => `apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: {name: web}
spec:
  template:
    metadata: {annotations: {${annotations}}}
    spec:
      domain: {devices: {${interfaces}}}
      volumes:
${volumes}`
const INLINE = '      - {name: seed, cloudInitNoCloud: {userData: "#cloud-config\\n{}\\n"}}\n'
const secret = (data: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: web, annotations: {${ASKED}}}\n${data}`

const manifest = (text: string, options = '--profile prebuilt'): Example => ({
  files: { 'vm.yaml': text },
  command: `consul-vm-inject ${options} vm.yaml > vm.injected`,
})

/** Codes of objects of Kubernetes. The webhook answers with the same ones. */
export const KUBERNETES: Explanations<'6'> = {
  E601: {
    why: 'KubeVirt takes 2,048 bytes of user-data inside a VM, and refuses the VM otherwise.',
    remedy:
      'Use `--profile prebuilt` with an image that has the guest files, or put the user-data into a Secret, annotate that, and name it in `secretRef`.',
    example: manifest(vm(INLINE), '--profile full'),
  },
  E602: {
    why: 'It is not what the API of the object has at this place.',
    remedy: 'Give it as the API has it: text in `userData`, base64 in `userDataBase64`.',
    example: manifest(vm('      - {name: seed, cloudInitNoCloud: {userDataBase64: "#cloud-config"}}\n')),
  },
  E603: {
    why: 'User-data reaches a VM by a volume. Without one nothing can be injected.',
    remedy: 'Add a disk, and its volume with `cloudInitNoCloud`.',
    example: manifest(vm('      - {name: root, containerDisk: {image: debian}}\n')),
  },
  E604: {
    why: 'The objects cannot be read.',
    remedy: 'Give them as `kubectl get -o yaml` or `-o json` prints them.',
    example: manifest('apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: [}\n'),
  },
  E605: {
    why: 'Every byte that is not user-data stays. Here a change would reach other objects as well, through an anchor or a merge key.',
    remedy: 'Write the object without them: `kubectl apply --dry-run=client -o yaml` prints it so.',
    example: manifest(vm(INLINE).replace('metadata: {name: web}', 'metadata: {<<: {name: web}}')),
  },
  E606: {
    why: 'Messages of KubeVirt call the key so; its API drops it without a word.',
    remedy: 'Write `secretRef`.',
    example: manifest(vm('      - {name: seed, cloudInitNoCloud: {userDataSecretRef: {name: web}}}\n')),
  },
  E607: {
    why: 'There is nothing to inject.',
    remedy: 'Put the user-data under the key `userdata`.',
    example: manifest(secret('stringData: {network: ""}\n')),
  },
  E608: {
    why: 'Only Linux with cloud-init is brought into the mesh.',
    remedy: 'Take the annotations off.',
    example: manifest(vm('      - {name: sysprep, sysprep: {configMap: {name: web}}}\n')),
  },
  E609: {
    why: 'YAML and JSON are text; what is not UTF-8 cannot be changed in place.',
    remedy: 'Save the file as UTF-8.',
    example: {
      files: { 'vm.yaml': `# café\n${vm(INLINE)}` },
      command: 'iconv -f UTF-8 -t LATIN1 vm.yaml | consul-vm-inject --profile prebuilt',
    },
  },
  W601: {
    why: 'The user-data is in another object, which may be managed by others.',
    remedy: 'Annotate the Secret, or the user-data in it; for the webhook also label it.',
    example: manifest(vm('      - {name: seed, cloudInitNoCloud: {secretRef: {name: web}}}\n')),
  },
  W602: {
    why: 'KubeVirt reads the first cloud-init volume, and that is the one that is injected.',
    remedy: 'Take the other one out.',
    example: manifest(vm(INLINE + INLINE.replace('seed', 'more'))),
  },
  W603: {
    why: 'An interface that lists ports hands on these alone, and peers need more.',
    remedy: 'Add the ports that the message names, or leave `ports` out, which hands on all.',
    example: manifest(vm(INLINE, 'interfaces: [{name: pod, bridge: {}, passt: {}, ports: [{port: 8080}]}]')),
  },
  W604: {
    why: 'Behind `masquerade` every VM has the same address, and the agent would tell peers that one.',
    remedy: 'Use `bridge`, or a second network and `bind-addr`.',
    example: manifest(vm(INLINE, 'interfaces: [{name: pod, masquerade: {}}]')),
  },
  W605: {
    why: 'It is about VMs, and nothing in it is user-data.',
    remedy: 'Do what the help says for the kind: process the template first, or annotate the VirtualMachine.',
    example: shell(
      'consul-vm-inject < web.yaml > web.injected',
      `apiVersion: instancetype.kubevirt.io/v1beta1\nkind: VirtualMachineInstancetype\nmetadata: {name: small, annotations: {${ASKED}}}\nspec: {cpu: {guest: 1}}\n`,
    ),
  },
}
