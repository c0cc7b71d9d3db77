/** The version of the tool; a test holds it to package.json. It travels in the envelope and in the boothook. */
export const VERSION: string = '0.2.0'
