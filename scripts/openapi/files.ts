import {
  contentType,
  filename,
  linkQuery,
  MAX_DIRECT_SIZE,
  MAX_POST_SIZE,
  uploadRequest,
} from '../../functions/s3/api.ts'
import { described, toSchema } from './json-schema.ts'
import type { Description } from './operation.ts'

const TAG = 'files'
const requestId = '5a64a46a-3a16-4a0c-8cb4-3f0d0b0a3a0e'
const hello = 'texts/hello.txt'
const uploaded = 'File uploaded!'

const fields = {
  filename: {
    description:
      'The key in the bucket: 1 to 1024 bytes in UTF-8, no control characters, no slash at the beginning, no `.` or `..` between slashes, no U+FFFD, which marks text that was damaged on its way. Composed (NFC) before it is used.',
    examples: [hello],
  },
  contentType: {
    description: 'Media type, with parameters if need be; stored and given back as it is.',
    examples: ['text/plain; charset=utf-8'],
  },
}
const expiresIn = {
  type: 'integer',
  minimum: 1,
  maximum: 3600,
  description: 'Seconds from now (`URL_EXPIRES_IN`).',
}

/** The files API. */
export const files: Description = {
  tag: {
    name: TAG,
    description: 'Files, in S3: small ones through the API, large ones straight to the bucket.',
  },
  schemas: {
    Upload: {
      type: 'object',
      required: ['file'],
      properties: {
        file: {
          description: `The file, at most ${MAX_DIRECT_SIZE.toLocaleString('en')} bytes, stored byte for byte. Its part's Content-Type is kept; without one it is application/octet-stream. Exactly one.`,
          contentMediaType: 'application/octet-stream',
        },
        filename: {
          ...toSchema(filename),
          ...fields.filename,
          description: `${fields.filename.description} Left out, it is the name that the file's part has, decoded and without folders.`,
        },
      },
    },
    UploadedFile: {
      type: 'object',
      required: ['message', 'file'],
      properties: {
        message: { const: uploaded },
        file: {
          type: 'object',
          required: ['filename', 'size', 'contentType', 'etag'],
          properties: {
            filename: { ...toSchema(filename), ...fields.filename },
            size: { type: 'integer', minimum: 0, maximum: MAX_DIRECT_SIZE, description: 'Bytes.', examples: [7] },
            contentType: { ...toSchema(contentType), ...fields.contentType },
            etag: { type: 'string', description: 'The entity tag that S3 gave, without quotes.' },
          },
        },
      },
    },
    FileLink: {
      type: 'object',
      required: ['url', 'expiresIn'],
      properties: {
        url: { type: 'string', format: 'uri', description: 'A GET downloads the file; it needs nothing else.' },
        expiresIn,
      },
    },
    UploadRequest: described(toSchema(uploadRequest), {
      filename: {
        ...fields.filename,
        description: `${fields.filename.description} Nor S3's placeholder \`\${filename}\`.`,
      },
      size: {
        description: `Bytes, up to 5 GiB (${MAX_POST_SIZE}). S3 refuses a file of any other size.`,
        examples: [50_000_000],
      },
      contentType: fields.contentType,
    }),
    UploadForm: {
      type: 'object',
      required: ['url', 'fields', 'method', 'expiresIn'],
      properties: {
        url: { type: 'string', format: 'uri', description: 'Where the form goes: the bucket.' },
        fields: {
          type: 'object',
          description: 'Fields of the form, to be sent unchanged.',
          required: ['key', 'Content-Type', 'Policy', 'X-Amz-Signature'],
          additionalProperties: { type: 'string' },
        },
        method: { const: 'POST' },
        expiresIn,
      },
    },
  },
  operations: {
    'POST /s3': {
      operationId: 'uploadFile',
      tag: TAG,
      summary: 'Upload a small file',
      description:
        'One request, through the API. Lambda takes 6 MB, and that in base64: larger files go straight to S3, see `POST /s3/uploads`. An existing file of that name is replaced.',
      body: { mediaType: 'multipart/form-data', schema: 'Upload' },
      answer: {
        status: 200,
        description: 'Stored.',
        schema: 'UploadedFile',
        links: {
          download: {
            operationId: 'linkFile',
            parameters: { filename: '$response.body#/file/filename' },
            description: 'A link that downloads it.',
          },
        },
      },
      errors: [415, 422],
      examples: {
        text: {
          summary: 'A text',
          form: {
            fields: { filename: hello },
            file: { name: 'hello.txt', type: 'text/plain; charset=utf-8', text: 'Hello!\n' },
          },
          answer: {
            status: 200,
            body: {
              message: uploaded,
              file: {
                filename: hello,
                size: 7,
                contentType: 'text/plain; charset=utf-8',
                etag: 'e134ced312b3511d88943d57ccd70c83',
              },
            },
          },
        },
        ownName: {
          summary: 'Under its own name',
          form: { fields: {}, file: { name: 'notes.txt', type: 'text/plain', text: 'Notes\n' } },
          answer: {
            status: 200,
            body: {
              message: uploaded,
              file: {
                filename: 'notes.txt',
                size: 6,
                contentType: 'text/plain',
                etag: 'aa04282dc5edcd285d6f4bd3a9c293d8',
              },
            },
          },
        },
        badName: {
          summary: 'A name that no link could reach',
          form: {
            fields: { filename: '../hello.txt' },
            file: { name: 'hello.txt', type: 'text/plain', text: 'Hello!\n' },
          },
          answer: {
            status: 422,
            body: {
              message: 'Invalid request: filename must not have . or .. between slashes',
              errors: [{ path: 'filename', message: 'must not have . or .. between slashes' }],
              requestId,
            },
          },
        },
        noForm: {
          summary: 'Another media type',
          raw: { contentType: 'application/octet-stream', text: 'Hello!\n' },
          answer: {
            status: 415,
            body: { message: 'Unsupported media type: send multipart/form-data with a boundary', requestId },
          },
        },
      },
    },

    'GET /s3': {
      operationId: 'linkFile',
      tag: TAG,
      summary: 'Get a link to a file',
      description:
        'A presigned URL, made without a call to S3: also for a file that does not exist, unless `verify` asks. It downloads, and opens no page, whatever the file is.',
      parameters: { query: linkQuery },
      parameterTexts: {
        filename: fields.filename,
        verify: { description: 'Ask S3 first, and answer 404 where there is no such file.', examples: [true] },
      },
      answer: { status: 200, description: 'The link.', schema: 'FileLink' },
      errors: [404, 422],
      examples: {
        link: {
          summary: 'A link',
          query: { filename: hello },
          answer: {
            status: 200,
            body: {
              url: `https://my-files.s3.ap-northeast-2.amazonaws.com/${hello}?X-Amz-Algorithm=…`,
              expiresIn: 3600,
            },
          },
        },
        missing: {
          summary: 'There is none',
          query: { filename: 'texts/none.txt', verify: true },
          answer: { status: 404, body: { message: 'There is no file texts/none.txt', requestId } },
        },
        empty: {
          summary: 'No name',
          query: { filename: '' },
          answer: {
            status: 422,
            body: {
              message: 'Invalid request: filename must not be empty',
              errors: [{ path: 'filename', message: 'must not be empty' }],
              requestId,
            },
          },
        },
      },
    },

    'POST /s3/uploads': {
      operationId: 'startUpload',
      tag: TAG,
      summary: 'Ask where to send a large file',
      description:
        'Answers a form: a `multipart/form-data` POST to `url` with all `fields` and, last, the part `file`, with a `Content-Length`: S3 answers a body of unknown length with 411. It goes straight to S3, which takes it for as long as the link is good, and only with the size and the type that were asked for.',
      body: { mediaType: 'application/json', schema: 'UploadRequest' },
      answer: { status: 200, description: 'The form.', schema: 'UploadForm' },
      errors: [415, 422],
      examples: {
        film: {
          summary: '50 MB',
          json: { filename: 'films/holiday.mp4', size: 50_000_000, contentType: 'video/mp4' },
          answer: {
            status: 200,
            body: {
              url: 'https://my-files.s3.ap-northeast-2.amazonaws.com/',
              fields: {
                'Content-Type': 'video/mp4',
                bucket: 'my-files',
                'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
                'X-Amz-Credential': 'ASIA…/20261124/ap-northeast-2/s3/aws4_request',
                'X-Amz-Date': '20261124T120000Z',
                key: 'films/holiday.mp4',
                Policy: 'eyJleHBpcmF0aW9uIjoi…',
                'X-Amz-Signature': '5d41402abc4b2a76b9719d911017c592…',
              },
              method: 'POST',
              expiresIn: 3600,
            },
          },
        },
        noSize: {
          summary: 'No size',
          json: { filename: 'films/holiday.mp4' },
          answer: {
            status: 422,
            body: {
              message: 'Invalid request: size is required',
              errors: [{ path: 'size', message: 'is required' }],
              requestId,
            },
          },
        },
        noJson: {
          summary: 'Another media type',
          raw: { contentType: 'text/plain', text: 'films/holiday.mp4' },
          answer: { status: 415, body: { message: 'Unsupported media type: send application/json', requestId } },
        },
      },
    },
  },
}
