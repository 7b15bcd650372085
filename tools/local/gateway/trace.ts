import { randomBytes } from 'node:crypto'

/** An X-Ray trace header as a client sent it, or a new one. */
export function traceHeader(sent: string | undefined, time: Date): string {
  const epoch = Math.floor(time.getTime() / 1000).toString(16)
  return sent || `Root=1-${epoch}-${randomBytes(12).toString('hex')}`
}

/** The trace header of the answer: whatever the request's did not say is added. */
export function completeTrace(header: string): string {
  const fields = new Map<string, string>()
  for (const field of header.split(';')) {
    const [, name, value] = /^\s*(root|parent|sampled)=(.+)$/i.exec(field) ?? []
    if (name && value) fields.set(name.toLowerCase(), value.trim())
  }
  const parent = fields.get('parent')
  const root = fields.get('root') ?? traceHeader(undefined, new Date()).slice('Root='.length)
  const sampled = fields.get('sampled') ?? (parent ? '1' : '0')
  return `Root=${root};Parent=${parent ?? randomBytes(8).toString('hex')};Sampled=${sampled}`
}
