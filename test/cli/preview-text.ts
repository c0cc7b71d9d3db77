/**
 * A preview as text that is the same on every machine and for every version of the tool: digests, sizes and the version have
 * names, the installer of the boothook is left out. Works on the diff, plain and coloured, and on the JSON of it.
 */
export const previewText = (text: string): string =>
  text
    .replace(/==consul-vm-inject-[0-9a-f]+==/g, '==BOUNDARY==')
    .replace(/(X-Consul-VM-Inject: )[^\s;]+(; part=)[0-9a-f]{16}/g, '$1VERSION$2DIGEST')
    .replace(/(X-Consul-VM-Inject: )[^\s;]+(?=; (?:operator=|vendor-data))/g, '$1VERSION')
    .replace(/(consul-vm-inject |injected by )\d+\.\d+\.\d+/g, '$1VERSION')
    .replace(/(guest files (?:of )?)\d+\.\d+\.\d+/gi, '$1VERSION')
    .replace(/^((?:\u001b\[\d+m)? {2}(?:added|changed|removed) +\d{4} {2})[0-9a-f]{16}/gm, '$1DIGEST')
    .replace(/("digest": )"[0-9a-f]{16}"/g, '$1"DIGEST"')
    .replace(/("(?:version|injectedBy)": )"[^"]+"/g, '$1"VERSION"')
    .replace(/(\d files?, )\d+( characters)/g, '$1N$2')
    .replace(/[\d,]+ bytes, [\d,]+ when compressed/g, 'N bytes, N when compressed')
    .replace(/("size": \{\s+"bytes": )\d+(,\s+"gzipped": )\d+/g, '$10$20')
    .replace(/^.*Installs the guest files of[\s\S]*?END-OF-INSTALLER.*\n/gm, '[installer]\n')
    .replace(/^(.*@@ -\d+(?:,\d+)? \+\d+,)\d{3}( @@)/gm, '$1N$2')
    .replace(/("newLines": )\d{3}/g, '$10')
