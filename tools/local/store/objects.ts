import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { S3Error } from './s3-error.ts'

export interface StoredObject {
  readonly key: string
  readonly size: number
  /** MD5 in hexadecimal, without quotes. */
  readonly etag: string
  readonly lastModified: string
  /** Headers returned with the object: its content type and the like, and `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>
  /** Name of the file that holds the content. */
  readonly content: string
}

/** Size of one upload in bytes, up to 5 GiB. Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
export const LIMITS = { min: 0, max: 5 * 1024 ** 3 }

export type ObjectFiles = ReturnType<typeof objectFiles>

/**
 * Stores objects as files. Keys cannot be paths: they may be too long, end in `/`, differ only in case, or be the folder of another.
 * So `index/<hash of the key>.json` describes the object and names its content file. The description is written last, so an
 * interrupted upload changes nothing.
 */
export function objectFiles(directory: string) {
  const [index, contents] = [join(directory, 'index'), join(directory, 'content')]
  const descriptionOf = (key: string) => join(index, `${createHash('sha256').update(key).digest('hex')}.json`)
  const head = (key: string) => readDescription(descriptionOf(key))
  return {
    head,

    /** @throws S3Error if the content's size is outside of the limits. */
    async put(key: string, content: AsyncIterable<Buffer>, headers: StoredObject['headers'], limits = LIMITS) {
      for (const folder of [index, contents]) await mkdir(folder, { recursive: true })
      const name = randomUUID()
      const file = join(contents, name)
      try {
        const measured = await writeContent(file, content, limits)
        const object = { key, ...measured, lastModified: new Date().toUTCString(), headers, content: name }
        const replaced = await head(key)
        await writeFile(`${file}.json`, JSON.stringify(object))
        await rename(`${file}.json`, descriptionOf(key))
        if (replaced) await rm(join(contents, replaced.content), { force: true })
        return object
      } catch (error) {
        await rm(file, { force: true })
        throw error
      }
    },

    async all(): Promise<StoredObject[]> {
      const names = await readdir(index).catch(() => [])
      const found = await Promise.all(names.map((name) => readDescription(join(index, name))))
      return found.filter((object) => object !== undefined)
    },

    /** Reads the bytes from `start` to `end`, both inclusive. */
    read: ({ size, content }: StoredObject, range: { start: number; end: number }): Readable =>
      size === 0 ? Readable.from([]) : createReadStream(join(contents, content), range),

    async remove(key: string): Promise<void> {
      const object = await head(key)
      await rm(descriptionOf(key), { force: true })
      if (object) await rm(join(contents, object.content), { force: true })
    },
  }
}

const readDescription = (file: string): Promise<StoredObject | undefined> =>
  readFile(file, 'utf8').then(JSON.parse, (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })

async function writeContent(file: string, content: AsyncIterable<Buffer>, { min, max }: typeof LIMITS) {
  // Opened first: a stream that fails while opening its file could create it after the caller has removed it.
  const target = await open(file, 'w')
  const md5 = createHash('md5')
  let size = 0
  const measured = async function* () {
    for await (const chunk of content) {
      size += chunk.length
      if (size > max) throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size')
      md5.update(chunk)
      yield chunk
    }
    if (size < min) throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size')
  }
  await pipeline(measured, target.createWriteStream())
  return { size, etag: md5.digest('hex') }
}
