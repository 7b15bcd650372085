import { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'
import { create, isUser, list } from './users.js'

const app = new Hono()

app.get('/rds', async (c) => c.json(await list(c.req.query('limit'), c.req.query('after'))))

app.post('/rds', async (c) => {
  const body = await c.req.json()
  return isUser(body) ? c.json(await create(body)) : c.json({ message: 'Invalid user' }, 422)
})

export const handler = handle(app)
