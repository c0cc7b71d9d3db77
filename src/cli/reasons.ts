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
  ERR_FS_FILE_TOO_LARGE: 'it is larger than any user-data (32 MiB)',
  EEXIST: 'something else stands there',
  EFBIG: 'the file would become larger than is allowed here',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  EIO: 'the device has a fault',
  EDQUOT: 'the quota is used up',
  ENXIO: 'nothing answers there',
  EBUSY: 'it is in use',
  ETXTBSY: 'it is in use',
}
const WRITING: Reasons = { ...READING, ENOENT: 'there is no such directory' }

const reasonFor = (error: unknown, reasons: Reasons): string => {
  const { code, message } = error as NodeJS.ErrnoException
  return reasons[code ?? ''] ?? message
}

/** Why a file cannot be read, and why it cannot be written. */
export const whyNotRead = (error: unknown): string => reasonFor(error, READING)
export const whyNotWritten = (error: unknown): string => reasonFor(error, WRITING)
