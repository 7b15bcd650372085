import { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'
import { link, upload } from './files.js'

const app = new Hono()

app.get('/s3', async (c) => c.json(await link(c.req.query('filename'))))

app.post('/s3', async (c) => {
  const { filename, file } = await c.req.parseBody()
  return c.json(await upload(filename, Buffer.from(await file.arrayBuffer()), file.type))
})

export const handler = handle(app)
