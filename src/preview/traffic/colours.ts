/** The colours of the picture: of texts 4.5 to 1 against what is behind them at least, of lines and arrows 3 to 1 (WCAG 2.2, AA). */
export interface Colours {
  readonly ground: string
  readonly box: string
  /** The edge of a box. */
  readonly edge: string
  readonly text: string
  readonly quiet: string
  readonly mtls: string
  readonly rules: string
}

export const LIGHT: Colours = {
  ground: '#ffffff',
  box: '#f6f7f9',
  edge: '#868d99',
  text: '#1a1d23',
  quiet: '#565d69',
  mtls: '#17702f',
  rules: '#0a57a4',
}

export const DARK: Colours = {
  ground: '#14161a',
  box: '#1c1f25',
  edge: '#747c89',
  text: '#e5e7eb',
  quiet: '#a6adb8',
  mtls: '#7fd197',
  rules: '#84bbf8',
}
