import type { Condition, Explanations } from './explanation.ts'

const when = (words: string): Condition => ({ when: words, test: 'test/serve/codes.test.ts' })

/** Codes of the server. What is wrong with user-data has the codes that it has on the command line. */
export const SERVER: Explanations<'7'> = {
  E701: {
    why: 'It is no HTTP, or not what HTTP asks for.',
    remedy: 'Look what the client sends: a path of printable characters, and a Host.',
    example: when('A request of HTTP/1.1 without the header Host, or bytes that are no request.'),
  },
  E702: {
    why: 'The server was started with `--token-file`.',
    remedy: 'Send the token as `Authorization: Bearer TOKEN`, or in the URL: `http://any:TOKEN@host/`.',
    example: when('`curl --data-binary @web.yaml http://localhost:8080/inject` where the server wants a token.'),
  },
  E703: {
    why: 'No hook has this path, no instance this name, or no bundle of this version this digest.',
    remedy: 'Look at the paths that `consul-vm-inject serve --help` lists.',
    example: when('`curl http://localhost:8080/injekt`.'),
  },
  E704: {
    why: 'The hook takes other methods.',
    remedy: 'Use one of those that the answer names in `Allow`.',
    example: when('`curl http://localhost:8080/inject`, which is a GET.'),
  },
  E705: {
    why: 'A server that reads whatever comes is stopped by whoever sends enough.',
    remedy: 'Send less, or start the server with a larger `--max-body`.',
    example: when('A body of more bytes than `--max-body` says.'),
  },
  E706: {
    why: 'Unpacking would let little fill the memory. User-data itself may be gzip.',
    remedy: 'Send the body without Content-Encoding.',
    example: when('A request with the header `Content-Encoding: gzip`.'),
  },
  E707: {
    why: 'As many documents as the server judges at a time are being judged, and as many wait.',
    remedy: 'Ask again after the seconds that `Retry-After` says; give the server more workers.',
    example: when('More requests at a time than the queue of the server holds.'),
  },
  E708: {
    why: 'The tool has a fault, or the machine that it runs on.',
    remedy: 'Look for the id of the request in the log of the server, and report the fault.',
    example: when('A document whose judging breaks down.'),
  },
  E709: {
    why: 'A misspelt parameter would be dropped without a word.',
    remedy: 'Write the one that the help names: they are the options of the command line.',
    example: when('`curl --data-binary @web.yaml "http://localhost:8080/inject?proflie=prebuilt"`.'),
  },
  E710: {
    why: 'The option knows other values.',
    remedy: 'Give one that `consul-vm-inject inject --help` lists; a switch is `true`, `false` or nothing.',
    example: when('`curl --data-binary @web.yaml "http://localhost:8080/inject?profile=small"`.'),
  },
  E711: {
    why: 'The hook is for Nova or for the API server of Kubernetes, which post JSON.',
    remedy: 'Post user-data to `/inject`.',
    example: when('`curl -d web http://localhost:8080/mutate`, for a body that is not a JSON object.'),
  },
  E712: {
    why: 'The server was started with `--client-ca`.',
    remedy: 'Let the client show a certificate that this CA has signed.',
    example: when('`curl https://localhost:8443/inject` without `--cert`.'),
  },
  E713: {
    why: 'Other sites that a browser shows could use the page otherwise.',
    remedy: 'Open http://localhost with the port; without a browser use `/check` or `/inject`.',
    example: when('A request to `/preview` whose header Origin or Host is that of another site.'),
  },
  E714: {
    why: 'Connections that send nothing would keep others away.',
    remedy: 'Look at the network between client and server.',
    example: when('A request that begins and does not end within the time for it.'),
  },
  E715: {
    why: 'Headers may have 16 KiB.',
    remedy: 'Send fewer; user-data goes into the body.',
    example: when('A request with a header of 20 KiB.'),
  },
  E716: {
    why: 'HTTP knows one expectation, 100-continue.',
    remedy: 'Leave the header Expect out.',
    example: when('A request with the header `Expect: 200-ok`.'),
  },
  E717: {
    why: 'One document must not keep others waiting. No user-data of people takes so long.',
    remedy: 'Look what the document holds; `consul-vm-inject check` has no limit of memory.',
    example: when('A document for which the judging was stopped.'),
  },
  E718: {
    why: 'A preview is of user-data, and a manifest may hold several.',
    remedy: 'Give the user-data that stands in it.',
    example: when('A manifest of Kubernetes that is put into the page.'),
  },
  E719: {
    why: 'The file is there, and is no file, too large or unreadable. An empty answer would let the VM boot without it.',
    remedy: 'Do what the message says; the instance asks again.',
    example: when('A seed whose user-data is a directory.'),
  },
  E720: {
    why: 'What is being answered is answered first; new requests go elsewhere.',
    remedy: 'There is nothing to do.',
    example: when('`/readyz` after the server was told to stop.'),
  },
}
