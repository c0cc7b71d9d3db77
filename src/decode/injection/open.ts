import type { UserData } from '../user-data.ts'
import { openCloudConfig } from './cloud-config.ts'
import { openMultipart } from './multipart.ts'
import { openFirstMultipart } from './multipart-0.1.0.ts'
import type { Opened } from './opened.ts'
import { openRemains } from './remains.ts'

/** Takes the injection out of a document; undefined when there is none in it. */
export const openInjection = (userData: UserData): Opened | undefined =>
  openMultipart(userData) ?? openFirstMultipart(userData) ?? openCloudConfig(userData) ?? openRemains(userData)
