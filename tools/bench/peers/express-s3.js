import express from 'express'
import multer from 'multer'
import serverless from 'serverless-http'
import { link, upload } from './files.js'

const app = express()

app.get('/s3', async ({ query }, response) => {
  response.json(await link(query.filename))
})

app.post('/s3', multer({ storage: multer.memoryStorage() }).single('file'), async ({ body, file }, response) => {
  response.json(await upload(body.filename, file.buffer, file.mimetype))
})

export const handler = serverless(app)
