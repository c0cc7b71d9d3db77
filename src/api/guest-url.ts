import type { Profile } from '../render/injection.ts'
import { type Diagnostic, diagnostic } from '../report/diagnostics.ts'
import { spanOf } from '../report/source.ts'

/** Characters of a URL that a single-quoted word of the shell carries as they are. */
const URL_SHAPE = /^https?:\/\/[A-Za-z0-9[][!#$%&(-;=?-[\]_a-z~]*$/

const HINT =
  'write the bundle with `consul-vm-inject guest --bundle FILE`, put it where the VMs reach it, and give its address with --guest-url'

/** What is wrong with the address from which the profile `fetch` fetches the guest files; nothing for other profiles. */
export function guestUrlFaults(profile: Profile, url: string | undefined): readonly Diagnostic[] {
  if (profile !== 'fetch') return []
  if (url === undefined)
    return [diagnostic('E104', 'the profile fetch needs the address of the guest files', { hint: HINT })]
  const refuse = (code: 'E111' | 'E112', message: string, hint: string): readonly Diagnostic[] => {
    const span = spanOf({ name: '--guest-url', text: url }, 0, url.length)
    return [diagnostic(code, message, { span, hint })]
  }
  if (/^https?:\/\/[^/?#]*@/.test(url)) {
    const hint = 'every process on a VM can read its user-data: let the store give the bundle without credentials'
    return refuse('E112', 'the address of the guest files carries credentials', hint)
  }
  if (url.length > 1024 || !URL_SHAPE.test(url) || !URL.canParse(url)) {
    const hint =
      'write an absolute http or https URL, at most 1024 characters, with blanks and quotes as %20, %22 and %27'
    return refuse('E111', 'the address of the guest files is not a URL that can be fetched', hint)
  }
  return []
}
