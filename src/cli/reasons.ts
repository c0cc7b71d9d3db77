type Reasons = Readonly<Record<string, string>>

/** What went wrong with a file, in words. */
const READING: Reasons = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is not a directory',
  EACCES: 'permission denied',
  EPERM: 'it is not allowed',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links go round in a circle',
  EBADF: 'it is closed',
  EROFS: 'the file system is read-only',
  ENOSPC: 'there is no space left on the device',
  ERR_FS_FILE_TOO_LARGE: 'it is too large',
}
const WRITING: Reasons = { ...READING, ENOENT: 'there is no such directory' }

const reasonFor = (error: unknown, reasons: Reasons): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return reasons[code ?? ''] ?? message
}

/** Why a file cannot be read, and why it cannot be written. */
export const whyNotRead = (error: unknown): string => reasonFor(error, READING)
export const whyNotWritten = (error: unknown): string => reasonFor(error, WRITING)
